// The models in C++, tuned: one event a visit (Lindley; Kiefer and Wolfowitz), a 4-ary heap of 16-byte entries,
// one 64-byte record a try, nothing allocated in the loop. Reads a run as JSON, writes an answer as JSON.
//
// g++ -std=c++20 -O3 -march=native; with -DSTD_QUEUE the calendar is std::priority_queue.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <iterator>
#include <map>
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

using std::string;
using std::vector;

// ---- JSON, as numbers by path: "model.services.0.pods". Texts are kept apart.

struct Json {
  std::map<string, double> numbers;
  std::map<string, string> texts;
  string text;
  size_t at = 0;

  explicit Json(string t) : text(std::move(t)) { value(""); }

  char peek() {
    while (isspace(static_cast<unsigned char>(text[at]))) at++;
    return text[at];
  }
  string quoted() {
    size_t end = text.find('"', ++at);
    string s = text.substr(at, end - at);
    at = end + 1;
    return s;
  }
  void value(const string& path) {
    char c = peek();
    if (c == '{' || c == '[') {
      char close = c == '{' ? '}' : ']';
      int index = 0;
      at++;
      while (peek() != close) {
        string key = close == '}' ? quoted() : std::to_string(index);
        index++;
        if (close == '}') { peek(); at++; }
        value(path.empty() ? key : path + "." + key);
        if (peek() == ',') at++;
      }
      at++;
      numbers[path + ".length"] = index;
    } else if (c == '"') {
      texts[path] = quoted();
    } else {
      size_t used = 0;
      numbers[path] = std::stod(text.substr(at, 32), &used);
      at += used;
    }
  }
  double number(const string& path) const { return numbers.at(path); }
  int count(const string& path) const { return static_cast<int>(numbers.at(path)); }
};

// ---- Random numbers: xoshiro256+ (Blackman and Vigna 2018), and exponentials from a quantile table with exact ends.

struct Random {
  uint64_t s[4];
  double knots[4097];

  explicit Random(uint64_t seed) {
    for (auto& word : s) {
      uint64_t z = (seed += 0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
    for (int i = 0; i < 4096; i++) knots[i] = -std::log1p(-i / 4096.0);
    knots[4096] = 0;
  }
  uint64_t next() {
    uint64_t result = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  int below(int n) { return static_cast<int>((static_cast<__uint128_t>(next()) * static_cast<uint64_t>(n)) >> 64); }
  int64_t exponential(double mean) {
    double x = uniform() * 4096;
    int bin = static_cast<int>(x);
    double value = bin >= 4064 ? -std::log1p(-x / 4096) : knots[bin] + (knots[bin + 1] - knots[bin]) * (x - bin);
    return static_cast<int64_t>(value * mean + 0.5);
  }
};

// ---- The calendar. A key is the time and, below it, the order of insertion.

constexpr int ORDER_BITS = 22;
/** Times above 73 minutes do not fit into a key. */
constexpr double TIME_MAX = 0x1p42;

struct Entry {
  uint64_t key;
  int32_t what;
};

#ifdef STD_QUEUE
struct Calendar {
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.key > b.key; }
  };
  std::priority_queue<Entry, vector<Entry>, Later> heap;
  uint64_t order = 0;
  void insert(int64_t at, int32_t what) {
    heap.push({(static_cast<uint64_t>(at) << ORDER_BITS) | (order++ & ((1u << ORDER_BITS) - 1)), what});
  }
  Entry pop() {
    Entry first = heap.top();
    heap.pop();
    return first;
  }
};
#else
struct Calendar {
  vector<Entry> heap;
  size_t size = 0;
  uint64_t order = 0;
  Calendar() : heap(1024, Entry{UINT64_MAX, 0}) {}
  void insert(int64_t at, int32_t what) {
    // Behind the end stand four entries that come last, so that a node always has all its children.
    if (size + 8 > heap.size()) heap.resize(heap.size() * 2, Entry{UINT64_MAX, 0});
    Entry entry{(static_cast<uint64_t>(at) << ORDER_BITS) | (order++ & ((1u << ORDER_BITS) - 1)), what};
    size_t i = size++;
    while (i > 0) {
      size_t parent = (i - 1) >> 2;
      if (heap[parent].key <= entry.key) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = entry;
  }
  Entry pop() {
    Entry first = heap[0];
    Entry last = heap[--size];
    heap[size].key = UINT64_MAX;
    if (size == 0) return first;
    size_t i = 0;
    for (;;) {
      size_t child = 4 * i + 1;
      if (child >= size) break;
      const Entry* c = &heap[child];
      size_t a = c[1].key < c[0].key ? 1 : 0;
      size_t b = c[3].key < c[2].key ? 3 : 2;
      size_t least = c[b].key < c[a].key ? b : a;
      if (c[least].key >= last.key) break;
      heap[i] = c[least];
      i = child + least;
    }
    heap[i] = last;
    return first;
  }
};
#endif

// ---- Measures: counts in log-linear buckets of 1024 an octave.

struct Histogram {
  vector<uint32_t> counts = vector<uint32_t>(44 * 1024);
  int64_t count = 0;
  double sum = 0;
  void record(int64_t value) {
    int shift = 63 - __builtin_clzll(static_cast<uint64_t>(value) | 1024) - 10;
    counts[static_cast<size_t>(shift * 1024 + (value >> shift))]++;
    count++;
    sum += static_cast<double>(value);
  }
};

struct Answer {
  int64_t visits = 0, arrived = 0, retries = 0, timeouts = 0;
  Histogram sojourns;
};

/** First come, first served at the server that is free first. */
static inline int64_t serve(int64_t* frees, int servers, int64_t now, int64_t demand) {
  int64_t* least = frees;
  for (int s = 1; s < servers; s++) least = frees[s] < *least ? frees + s : least;
  return *least = std::max(*least, now) + demand;
}

// ---- The FIFO network.

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

// ---- The full mesh.

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
