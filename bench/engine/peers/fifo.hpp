// The FIFO network: one record a request, which goes from station to station.
#pragma once

#include "parts.hpp"

static void runFifo(const Json& json, Answer& answer) {
  Random random(static_cast<uint64_t>(json.number("seed")));
  const int64_t from = static_cast<int64_t>(json.number("from")), to = static_cast<int64_t>(json.number("to"));
  struct Station { int servers; double mean; int64_t* frees; };
  struct Job { int64_t arrival; int step; int next; };
  vector<Station> stations;
  vector<vector<int64_t>> frees;
  for (int s = 0; s < json.count("model.stations.length"); s++) {
    string path = "model.stations." + std::to_string(s);
    int servers = json.count(path + ".servers");
    frees.emplace_back(static_cast<size_t>(servers));
    stations.push_back({servers, json.number(path + ".mean"), nullptr});
  }
  for (size_t s = 0; s < stations.size(); s++) stations[s].frees = frees[s].data();
  vector<int> route;
  for (int r = 0; r < json.count("model.route.length"); r++) route.push_back(json.count("model.route." + std::to_string(r)));
  const int length = static_cast<int>(route.size());
  const double gap = 1e9 / json.number("model.rate");
  vector<Job> jobs;
  int free = -1;
  int64_t inside = 0;
  Calendar calendar;
  calendar.insert(0, -1);
  for (;;) {
    Entry entry = calendar.pop();
    const int64_t now = static_cast<int64_t>(entry.key >> ORDER_BITS);
    int j = entry.what;
    if (j < 0) {
      if (now >= to && inside == 0) return;
      calendar.insert(now + random.exponential(gap), -1);
      if (free < 0) {
        free = static_cast<int>(jobs.size());
        jobs.push_back({0, 0, -1});
      }
      j = free;
      free = jobs[j].next;
      jobs[j].arrival = now;
      jobs[j].step = 0;
      inside += now >= from && now < to;
    }
    Job& job = jobs[j];
    if (job.step == length) {
      if (job.arrival >= from && job.arrival < to) {
        inside--;
        answer.sojourns.record(now - job.arrival);
        if (now >= to && inside == 0) return;
      }
      job.next = free;
      free = j;
      continue;
    }
    const Station& station = stations[route[job.step++]];
    answer.visits++;
    calendar.insert(serve(station.frees, station.servers, now, random.exponential(station.mean)), j);
  }
}
