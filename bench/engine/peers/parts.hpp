// What both models in C++ are made of: input as numbers by path, random numbers, the calendar, a histogram, a station.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <queue>
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
