// times N PROGRAM ARGS…: runs PROGRAM N times, one after the other, its standard output to /dev/null, and prints how many
// nanoseconds each took from just before posix_spawn until it was waited for. Ends with 1 when a run fails.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int left = atoi(argv[1]); left > 0; left--) {
    pid_t pid;
    int status;
    long long start = now();
    if (posix_spawn(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0) {
      perror(argv[2]);
      return 1;
    }
    if (waitpid(pid, &status, 0) < 0 || status != 0) {
      fprintf(stderr, "times: %s ended with wait status %d\n", argv[2], status);
      return 1;
    }
    printf("%lld\n", now() - start);
  }
  return 0;
}
