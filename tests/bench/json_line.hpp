#pragma once
// A program of the bench says its figures as one JSON object on the last line of its output; `run` reads it.

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <sys/resource.h>
#include <time.h>

namespace fd::bench {

class JsonLine {
 public:
  JsonLine& add(std::string_view name, double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return put(name, text);
  }
  JsonLine& add(std::string_view name, std::string_view text) {
    return put(name, std::string("\"").append(text).append("\""));
  }
  void print() const {
    std::printf("{%s}\n", text_.c_str());
    std::fflush(stdout);
  }

 private:
  JsonLine& put(std::string_view name, const std::string& value) {
    if (!text_.empty()) text_ += ", ";
    text_.append("\"").append(name).append("\": ").append(value);
    return *this;
  }
  std::string text_;
};

inline double cpu_seconds() {  // of this process, both threads: what the generator itself costs
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return s(used.ru_utime) + s(used.ru_stime);
}

// What a pure computation takes: of its own thread, so that it means the same on a machine that has other work.
inline double thread_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

inline double rss_kib() {
  long total = 0, resident = 0;
  if (std::FILE* f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%ld %ld", &total, &resident) != 2) resident = 0;
    std::fclose(f);
  }
  return static_cast<double>(resident) * 4.0;
}

}  // namespace fd::bench
