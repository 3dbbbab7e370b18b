// respawn PROGRAM ARGS…: starts PROGRAM with posix_spawn, waits for its end with waitpid, and starts it again. The least
// that a supervisor can do, and so the floor that the bench holds coppice against. SIGTERM ends both.
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

extern char **environ;
static volatile sig_atomic_t ending = 0;
static pid_t child = 0;

static void end(int signal) {
  (void)signal;
  ending = 1;
  if (child > 0) kill(child, SIGTERM);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, NULL);
  while (!ending) {
    if (posix_spawn(&child, argv[1], NULL, NULL, argv + 1, environ) != 0) {
      perror(argv[1]);
      return 1;
    }
    waitpid(child, NULL, 0);
  }
  return 0;
}
