// mark FILE: as its first act in main takes the time, appends "PID NANOSECONDS\n" (CLOCK_MONOTONIC) to FILE, and then
// waits for a signal to end it. What the bench has supervised. $MARKS wins over FILE: s6 gives arguments of its own.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const char *file = getenv("MARKS");
  if (file == NULL && argc > 1) file = argv[1];
  if (file == NULL) return 2;
  int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return 1;
  char line[64];
  int length = snprintf(line, sizeof line, "%d %lld\n", (int)getpid(), now.tv_sec * 1000000000LL + now.tv_nsec);
  if (write(fd, line, length) != length) return 1;
  close(fd);
  for (;;) pause();
}
