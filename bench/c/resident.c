// resident NAME DIR [HABIT=N…]: what the soak test has supervised. It holds a lock on DIR/NAME.lock for life; where
// another copy still holds it, it appends a line to DIR/overlaps: nobody can miss that two copies lived at one moment.
// Habits: ready=MS (writes to NOTIFY_FD after so long) · stubborn=1 (ignores SIGTERM) · family=N (forks N children, the
// first one ignores SIGTERM) · orphans=MS (leaves an orphan that ends, again and again) · lives=MS (ends after about so
// long, with exit code 3).
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int habit(int argc, char **argv, const char *name) {
  size_t length = strlen(name);
  for (int i = 3; i < argc; i++)
    if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') return atoi(argv[i] + length + 1);
  return 0;
}

static void sleep_ms(int ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

static void claim(const char *name, const char *dir) {
  char path[512], line[512];
  snprintf(path, sizeof path, "%s/%s.lock", dir, name);
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) exit(111);
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) return;
  snprintf(path, sizeof path, "%s/overlaps", dir);
  int length = snprintf(line, sizeof line, "%s: pid %d started while another copy lived\n", name, (int)getpid());
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || write(file, line, length) != length) exit(112);
}

static void tell_ready(void) {
  const char *text = getenv("NOTIFY_FD");
  if (text != NULL && write(atoi(text), "\n", 1) != 1) exit(113);
}

// A child keeps no copy of the lock: the lock is the main process's alone.
static void raise_family(int count) {
  for (int i = 0; i < count; i++)
    if (fork() == 0) {
      if (i == 0) signal(SIGTERM, SIG_IGN);
      for (int fd = 3; fd < 64; fd++) close(fd);
      for (;;) pause();
    }
}

static void leave_orphan(void) {
  pid_t child = fork();
  if (child == 0) {
    for (int fd = 3; fd < 64; fd++) close(fd);
    if (fork() == 0) sleep_ms(20);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  if (habit(argc, argv, "stubborn")) signal(SIGTERM, SIG_IGN);
  claim(argv[1], argv[2]);
  srand((unsigned)getpid());
  raise_family(habit(argc, argv, "family"));
  sleep_ms(habit(argc, argv, "ready"));
  tell_ready();
  int lives = habit(argc, argv, "lives"), orphans = habit(argc, argv, "orphans");
  if (lives > 0) {
    sleep_ms(lives / 2 + rand() % lives);
    return 3;
  }
  for (;;) {
    if (orphans == 0) pause();
    sleep_ms(orphans);
    leave_orphan();
  }
}
