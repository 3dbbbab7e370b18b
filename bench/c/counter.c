// counter NAME DIR PERIOD [HABIT=N…]: what the torture has supervised. Every PERIOD milliseconds it writes its marker
// and the next number, a line, to its standard output, and then how many bytes that were in all to DIR/written/RUN. At
// its start it appends its name, marker and pid to DIR/starts, and takes the lock DIR/NAME.lock for life; where another
// copy still holds it, it appends a line to DIR/overlaps.
// Habits: lives=MS (ends after about so long, with exit code 3) · slow=MS (ends so long after SIGTERM) · mute=1 (writes
// nothing) · fails=1 (ends at once).
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t asked = 0;

static void on_term(int number) {
  (void)number;
  asked = 1;
}

static int habit(int argc, char **argv, const char *name) {
  size_t length = strlen(name);
  for (int i = 4; i < argc; i++)
    if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') return atoi(argv[i] + length + 1);
  return 0;
}

static void sleep_ms(int ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

static void append(const char *dir, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text)) exit(112);
  close(file);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const char *name = argv[1], *dir = argv[2], *marker = getenv("COPPICE_RUN");
  if (marker == NULL) return 2;
  char path[512], line[512];
  snprintf(path, sizeof path, "%s/%s.lock", dir, name);
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return 111;
  snprintf(line, sizeof line, "%s %s %d\n", name, marker, (int)getpid());
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) append(dir, "overlaps", line);
  append(dir, "starts", line);
  if (habit(argc, argv, "fails")) return 3;
  int slow = habit(argc, argv, "slow"), lives = habit(argc, argv, "lives"), mute = habit(argc, argv, "mute");
  if (slow > 0) signal(SIGTERM, on_term);
  srand((unsigned)getpid());
  int left = lives > 0 ? lives / 2 + rand() % lives : -1, period = atoi(argv[3]);
  const char *run = strchr(marker, '/') + 1;
  snprintf(path, sizeof path, "%s/written/%s-%.*s", dir, name, (int)strcspn(run, "/"), run);
  int tally = mute ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  long bytes = 0;
  for (long n = 1;; n++) {
    if (!mute) {
      int length = snprintf(line, sizeof line, "%s %ld\n", marker, n);
      if (write(1, line, length) != length) return 113;
      bytes += length;
      length = snprintf(line, sizeof line, "%020ld\n", bytes);
      if (pwrite(tally, line, length, 0) != length) return 114;
    }
    if (asked) {
      sleep_ms(slow);
      return 0;
    }
    if (left >= 0 && (left -= period) < 0) return 3;
    sleep_ms(period);
  }
}
