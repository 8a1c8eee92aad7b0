// The models in C++, tuned: one event a visit (Lindley; Kiefer and Wolfowitz), a 4-ary heap of 16-byte entries,
// one 64-byte record a try, nothing allocated in the loop. Reads a run as JSON, writes an answer as JSON.
//
// g++ -std=c++20 -O3 -march=native; with -DSTD_QUEUE the calendar is std::priority_queue.
#include <cstdio>
#include <ctime>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "fifo.hpp"
#include "full-mesh.hpp"

int main() {
  const Json json(string(std::istreambuf_iterator<char>(std::cin), {}));
  Answer answer;
  if (json.number("to") > TIME_MAX / 2) throw std::runtime_error("the run is too long for the keys of the calendar");
  double cpu;
  if (json.texts.at("model.kind") == "fifo") {
    std::clock_t before = std::clock();
    runFifo(json, answer);
    cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  } else {
    Mesh mesh(json, answer);
    std::clock_t before = std::clock();
    mesh.run();
    cpu = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  }
  const double arrived = std::max(1.0, static_cast<double>(answer.arrived));
  std::printf("{\"visits\":%lld,\"cpuSeconds\":%.6f,\"requests\":%lld,\"mean\":%.3f,\"retries\":%.9f,\"timeouts\":%.9f}\n",
              static_cast<long long>(answer.visits), cpu, static_cast<long long>(answer.sojourns.count),
              answer.sojourns.sum / static_cast<double>(answer.sojourns.count), answer.retries / arrived,
              answer.timeouts / arrived);
}
