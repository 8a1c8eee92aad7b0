// The full mesh: one 64-byte record a try. A try whose deadline passes leaves its call to a fresh record and burns on.
#pragma once

#include <stdexcept>

#include "parts.hpp"

/** What the next event of a try means: the visit, delay or back-off that is over then. */
enum Phase : uint8_t {
  START, OUT, WIRE_OUT, IN, BEFORE, AFTER, BACK_IN, WIRE_BACK, BACK_OUT
};

constexpr int NONE = -1;
/** `parent` of a try whose deadline has passed: its work burns on, and nobody waits for it. */
constexpr int ABANDONED = -2;
constexpr int ARRIVAL = -1;


struct alignas(64) Try {
  uint8_t phase;
  bool failed, measured;
  uint8_t retry;
  int32_t call;
  int32_t parent;
  /** Pods, counted over all services. */
  int32_t from, to;
  int32_t connection;
  /** Nested calls that have not come back. */
  int32_t pending;
  /** Of the list of deadlines. */
  int32_t next, previous;
  /** Of the line for a thread, or of the free list. */
  int32_t link;
  int64_t began;
  int64_t due;
};
static_assert(sizeof(Try) == 64);

struct CallKind {
  int callee, firstNested, nestedCount, timer;
  double crossing, before, after, errorShare;
  int64_t deadline;
  /** Counters of calls under way: [caller pod of its service][callee pod of its service]. */
  vector<int32_t> atPod;
  /** By caller pod of its service. */
  vector<int32_t> underWay, retrying;
  int callerFirst, calleeFirst, calleePods;
  Histogram latency;
};

struct Pod {
  int64_t workers[8];
  int64_t cores[16];
  int32_t freeThreads, waiting, head, tail;
  int32_t workerCount, coreCount, lineMax;
};

struct Timers {
  int64_t length;
  int head = NONE, tail = NONE;
  bool armed = false;
};

static uint32_t mix(uint32_t a, uint32_t b) {
  uint32_t h = a ^ (b * 0x9e3779b1u);
  h = (h ^ (h >> 16)) * 0x21f0aaadu;
  h = (h ^ (h >> 15)) * 0x735a2d97u;
  return h ^ (h >> 15);
}

struct Mesh {
  const Json& json;
  Answer& answer;
  Random random;
  Calendar calendar;
  vector<CallKind> calls;
  vector<Pod> pods;
  vector<int> firstPod, podCount;
  vector<Timers> timers;
  vector<Try> tries;
  int free = NONE;
  int64_t now = 0, from, to, inside = 0;
  double gap, wire, backoffBase, backoffMax, share;
  int connections, retriesMax, minimum;

  Mesh(const Json& j, Answer& a) : json(j), answer(a), random(static_cast<uint64_t>(j.number("seed"))) {
    from = static_cast<int64_t>(j.number("from"));
    to = static_cast<int64_t>(j.number("to"));
    gap = 1e9 / j.number("model.rate");
    wire = j.number("model.wire");
    backoffBase = j.number("model.backoffBase");
    backoffMax = j.number("model.backoffMax");
    share = j.number("model.budget.share");
    minimum = j.count("model.budget.minimum");
    connections = j.count("model.connections");
    retriesMax = j.count("model.retries");
    for (int s = 0; s < j.count("model.services.length"); s++) addService("model.services." + std::to_string(s));
    calls.resize(1);
    describe(0, "model.root", 0);
  }

  void addService(const string& path) {
    firstPod.push_back(static_cast<int>(pods.size()));
    podCount.push_back(json.count(path + ".pods"));
    Pod pod{};
    pod.workerCount = json.count(path + ".workers");
    pod.coreCount = json.count(path + ".cores");
    pod.freeThreads = json.count(path + ".threads");
    pod.lineMax = json.count(path + ".lineMax");
    pod.head = pod.tail = NONE;
    if (pod.workerCount > 8 || pod.coreCount > 16) throw std::runtime_error("too many servers in a pod");
    pods.insert(pods.end(), static_cast<size_t>(podCount.back()), pod);
  }

  void describe(int c, const string& path, int caller) {
    CallKind kind{};
    kind.callee = json.count(path + ".callee");
    kind.crossing = json.number(path + ".crossing");
    kind.before = json.number(path + ".before");
    kind.after = json.number(path + ".after");
    kind.errorShare = json.number(path + ".errorShare");
    kind.deadline = static_cast<int64_t>(json.number(path + ".deadline"));
    kind.callerFirst = firstPod[caller];
    kind.calleeFirst = firstPod[kind.callee];
    kind.calleePods = podCount[kind.callee];
    kind.atPod.resize(static_cast<size_t>(podCount[caller]) * kind.calleePods);
    kind.underWay.resize(podCount[caller]);
    kind.retrying.resize(podCount[caller]);
    kind.timer = timerOf(kind.deadline);
    kind.nestedCount = json.count(path + ".calls.length");
    kind.firstNested = static_cast<int>(calls.size());
    calls.resize(calls.size() + kind.nestedCount);
    calls[c] = std::move(kind);
    for (int n = 0; n < calls[c].nestedCount; n++) {
      describe(calls[c].firstNested + n, path + ".calls." + std::to_string(n), calls[c].callee);
    }
  }

  int timerOf(int64_t length) {
    for (size_t t = 0; t < timers.size(); t++) if (timers[t].length == length) return static_cast<int>(t);
    timers.push_back({length});
    return static_cast<int>(timers.size()) - 1;
  }

  int allocate() {
    if (free == NONE) {
      tries.push_back({});
      return static_cast<int>(tries.size()) - 1;
    }
    int t = free;
    free = tries[t].link;
    return t;
  }

  void release(int t) {
    tries[t].link = free;
    free = t;
  }

  void run() {
    calendar.insert(0, ARRIVAL);
    for (;;) {
      Entry entry = calendar.pop();
      now = static_cast<int64_t>(entry.key >> ORDER_BITS);
      if (entry.what >= 0) proceed(entry.what);
      else if (entry.what == ARRIVAL) arrive();
      else passDeadlines(timers[-2 - entry.what], entry.what);
      if (now >= to && inside == 0) return;
    }
  }

  void arrive() {
    calendar.insert(now + random.exponential(gap), ARRIVAL);
    answer.arrived++;
    bool measured = now >= from && now < to;
    inside += measured;
    begin(0, NONE, firstPod[0], random.below(connections), measured);
  }

  void begin(int call, int parent, int pod, int connection, bool measured) {
    int t = allocate();
    Try& x = tries[t];
    x.measured = measured;
    x.retry = 0;
    x.call = call;
    x.parent = parent;
    x.from = pod;
    x.connection = connection;
    x.began = now;
    calls[call].underWay[pod - calls[call].callerFirst]++;
    send(t);
  }

  /** The first try, or the next. */
  void send(int t) {
    Try& x = tries[t];
    CallKind& call = calls[x.call];
    x.failed = false;
    x.to = pick(call, x.from);
    Timers& list = timers[call.timer];
    x.due = now + list.length;
    x.next = NONE;
    x.previous = list.tail;
    (list.tail == NONE ? list.head : tries[list.tail].next) = t;
    list.tail = t;
    if (!list.armed) {
      list.armed = true;
      calendar.insert(x.due, -2 - call.timer);
    }
    cross(t, x.from, 0, OUT);
  }

  int pick(CallKind& call, int caller) {
    int32_t* atPod = &call.atPod[static_cast<size_t>(caller - call.callerFirst) * call.calleePods];
    int place = random.below(call.calleePods);
    if (call.calleePods > 1) {
      int second = random.below(call.calleePods - 1);
      second += second >= place;
      if (atPod[second] < atPod[place]) place = second;
    }
    atPod[place]++;
    return call.calleeFirst + place;
  }

  void cross(int t, int pod, int lane, Phase phase) {
    Try& x = tries[t];
    Pod& p = pods[pod];
    uint32_t worker = mix(static_cast<uint32_t>(x.connection), static_cast<uint32_t>(x.call * 2 + lane)) %
                      static_cast<uint32_t>(p.workerCount);
    x.phase = phase;
    answer.visits++;
    calendar.insert(serve(&p.workers[worker], 1, now, random.exponential(calls[x.call].crossing)), t);
  }

  void work(int t, double mean, Phase phase) {
    Try& x = tries[t];
    Pod& pod = pods[x.to];
    x.phase = phase;
    answer.visits++;
    calendar.insert(serve(pod.cores, pod.coreCount, now, random.exponential(mean)), t);
  }

  /** The step of a try that was under way is over. */
  void proceed(int t) {
    Try& x = tries[t];
    switch (x.phase) {
      case START: return send(t);
      case OUT: return wire == 0 ? cross(t, x.to, 1, IN) : travel(t, WIRE_OUT);
      case WIRE_OUT: return cross(t, x.to, 1, IN);
      case IN: return takeThread(t);
      case BEFORE: return nest(t);
      case AFTER: return giveThread(t);
      case BACK_IN: return wire == 0 ? cross(t, x.from, 0, BACK_OUT) : travel(t, WIRE_BACK);
      case WIRE_BACK: return cross(t, x.from, 0, BACK_OUT);
      case BACK_OUT: return comeBack(t);
    }
  }

  void travel(int t, Phase phase) {
    tries[t].phase = phase;
    calendar.insert(now + random.exponential(wire), t);
  }

  void takeThread(int t) {
    Try& x = tries[t];
    Pod& pod = pods[x.to];
    if (pod.freeThreads > 0) {
      pod.freeThreads--;
      work(t, calls[x.call].before, BEFORE);
    } else if (pod.waiting < pod.lineMax) {
      pod.waiting++;
      x.link = NONE;
      (pod.tail == NONE ? pod.head : tries[pod.tail].link) = t;
      pod.tail = t;
    } else {
      x.failed = true;
      cross(t, x.to, 1, BACK_IN);
    }
  }

  void giveThread(int t) {
    Pod& pod = pods[tries[t].to];
    if (int next = pod.head; next == NONE) {
      pod.freeThreads++;
    } else {
      pod.waiting--;
      pod.head = tries[next].link;
      if (pod.head == NONE) pod.tail = NONE;
      work(next, calls[tries[next].call].before, BEFORE);
    }
    cross(t, tries[t].to, 1, BACK_IN);
  }

  void nest(int t) {
    CallKind& call = calls[tries[t].call];
    if (random.uniform() < call.errorShare) {
      tries[t].failed = true;
      return giveThread(t);
    }
    tries[t].pending = call.nestedCount;
    if (call.nestedCount == 0) return goOn(t);
    for (int n = 0; n < call.nestedCount; n++) {
      // By value: `begin` may move the records.
      const Try x = tries[t];
      begin(call.firstNested + n, t, x.to, x.connection, x.measured);
    }
  }

  void goOn(int t) {
    const CallKind& call = calls[tries[t].call];
    if (call.after > 0) work(t, call.after, AFTER);
    else giveThread(t);
  }

  void comeBack(int t) {
    Try& x = tries[t];
    if (x.parent != ABANDONED) {
      unlist(t);
      settle(t);
    } else {
      release(t);
    }
  }

  void unlist(int t) {
    Try& x = tries[t];
    Timers& list = timers[calls[x.call].timer];
    (x.previous == NONE ? list.head : tries[x.previous].next) = x.next;
    (x.next == NONE ? list.tail : tries[x.next].previous) = x.previous;
  }

  /** A try is over: the call goes to its next, or comes back. */
  void settle(int t) {
    Try& x = tries[t];
    CallKind& call = calls[x.call];
    const int caller = x.from - call.callerFirst;
    call.atPod[static_cast<size_t>(caller) * call.calleePods + (x.to - call.calleeFirst)]--;
    if (x.retry > 0) call.retrying[caller]--;
    if (x.failed && x.retry < retriesMax) {
      int most = std::max(minimum, static_cast<int>(share * call.underWay[caller]));
      if (call.retrying[caller] < most) {
        answer.retries++;
        call.retrying[caller]++;
        double limit = std::min(backoffBase * (1 << x.retry), backoffMax);
        x.retry++;
        x.phase = START;
        calendar.insert(now + static_cast<int64_t>(random.uniform() * limit), t);
        return;
      }
    }
    call.underWay[caller]--;
    if (x.measured) call.latency.record(now - x.began);
    const int parent = x.parent;
    if (parent == NONE) {
      if (x.measured) {
        inside--;
        answer.sojourns.record(now - x.began);
      }
    } else {
      tries[parent].failed |= x.failed;
      if (--tries[parent].pending == 0) goOn(parent);
    }
    release(t);
  }

  void passDeadlines(Timers& list, int what) {
    while (list.head != NONE && tries[list.head].due <= now) {
      // The abandoned record keeps its work; a new one goes on in its place.
      int t = list.head, fresh = allocate();
      unlist(t);
      answer.timeouts++;
      tries[fresh] = tries[t];
      tries[fresh].failed = true;
      tries[t].parent = ABANDONED;
      settle(fresh);
    }
    list.armed = list.head != NONE;
    if (list.armed) calendar.insert(tries[list.head].due, what);
  }
};
