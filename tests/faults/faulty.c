/* A disk that fails, fills, tears and forgets, and a wall clock that jumps.
 *
 * Preloaded into a process (LD_PRELOAD). Nothing happens before faults_arm is called; from then on
 * operations on files below a folder are counted, and the one with the given number meets its
 * fault. A power cut ends the process and leaves on the disk what was synced, and of what was
 * written since then a random part.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NONE, FAILS_ONCE, FAILS, FULL_ONCE, FULL, TEARS, KILLS, POWER_CUT };

#define MOST_FILES 65536

struct write {
    struct write *next;
    off_t offset;
    size_t length, old_length;
    off_t old_size;
    char *new_bytes, *old_bytes;
};

struct disk_file {
    dev_t device;
    ino_t inode;
    int descriptor; /* of our own, which outlives the program's */
    struct write *last;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[4096];
static int kind = NONE;
static long at, counted;
static unsigned random_state;
static int known[MOST_FILES]; /* by descriptor: its place in files, counted from 1 */
static struct disk_file files[MOST_FILES];
static int file_count;
static long clock_at, clock_calls;
static double clock_jump;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

void faults_arm(const char *below, int wanted, long number, unsigned seed) {
    snprintf(folder, sizeof folder, "%s", below);
    at = number;
    random_state = seed;
    counted = 0;
    kind = wanted;
}

long faults_counted(void) { return counted; }

void faults_clock(long call, double seconds) {
    clock_at = call;
    clock_jump = seconds;
    clock_calls = 0;
}

static int is_below(const char *path) {
    size_t length = strlen(folder);
    return length && !strncmp(path, folder, length);
}

static void note_open(int descriptor) {
    char link[64], path[4096];
    struct stat status;
    if (kind == NONE || descriptor < 0 || descriptor >= MOST_FILES) return;
    known[descriptor] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    if (!is_below(path) || fstat(descriptor, &status) || !S_ISREG(status.st_mode)) return;
    for (int index = 0; index < file_count; index++)
        if (files[index].device == status.st_dev && files[index].inode == status.st_ino) {
            known[descriptor] = index + 1;
            return;
        }
    if (file_count == MOST_FILES) return;
    files[file_count].device = status.st_dev;
    files[file_count].inode = status.st_ino;
    files[file_count].last = NULL;
    files[file_count].descriptor = -1;
    if (kind == POWER_CUT) {
        int mine = REAL(open)(link, O_RDWR | O_CLOEXEC);
        files[file_count].descriptor = mine;
    }
    known[descriptor] = ++file_count;
}

static struct disk_file *file_of(int descriptor) {
    if (kind == NONE || descriptor < 0 || descriptor >= MOST_FILES || !known[descriptor])
        return NULL;
    return &files[known[descriptor] - 1];
}

static void cut_the_power(void) {
    for (int index = 0; index < file_count; index++) {
        struct disk_file *file = &files[index];
        struct write *first = NULL;
        if (file->descriptor < 0) continue;
        while (file->last) { /* undone from the last to the first, which are then in order */
            struct write *each = file->last;
            file->last = each->next;
            REAL(pwrite)(file->descriptor, each->old_bytes, each->old_length, each->offset);
            if (REAL(ftruncate)(file->descriptor, each->old_size)) abort();
            each->next = first;
            first = each;
        }
        for (; first; first = first->next)
            if (first->new_bytes && rand_r(&random_state) % 2)
                REAL(pwrite)(file->descriptor, first->new_bytes, first->length, first->offset);
    }
    kill(getpid(), SIGKILL);
}

/* 0 where the operation may go on, or the error that it ends with. */
static int meets_fault(void) {
    if (kind == NONE) return 0;
    counted++;
    if (counted < at) return 0;
    if (counted == at && kind == KILLS) kill(getpid(), SIGKILL);
    if (counted == at && kind == POWER_CUT) cut_the_power();
    if ((counted == at && kind == FAILS_ONCE) || kind == FAILS) return EIO;
    if ((counted == at && kind == FULL_ONCE) || kind == FULL) return ENOSPC;
    return 0;
}

static void remember(struct disk_file *file, const void *bytes, size_t length, off_t offset) {
    struct stat status;
    if (kind != POWER_CUT || file->descriptor < 0 || fstat(file->descriptor, &status)) return;
    struct write *each = calloc(1, sizeof *each);
    each->offset = offset;
    each->length = length;
    each->old_size = status.st_size;
    if (bytes) {
        each->new_bytes = malloc(length);
        memcpy(each->new_bytes, bytes, length);
    } else { /* it was cut: what stood behind is remembered */
        length = status.st_size > offset ? (size_t)(status.st_size - offset) : 0;
    }
    each->old_bytes = malloc(length ? length : 1);
    ssize_t read = pread(file->descriptor, each->old_bytes, length, offset);
    each->old_length = read > 0 ? (size_t)read : 0;
    each->next = file->last;
    file->last = each;
}

static void forget(struct disk_file *file) {
    while (file->last) {
        struct write *each = file->last;
        file->last = each->next;
        free(each->new_bytes);
        free(each->old_bytes);
        free(each);
    }
}

/* The length to write, or -1 with an error. */
static ssize_t before_write(int descriptor, const void *bytes, size_t length, off_t offset) {
    struct disk_file *file = file_of(descriptor);
    if (!file) return (ssize_t)length;
    pthread_mutex_lock(&lock);
    int error = meets_fault();
    if (!error) remember(file, bytes, length, offset);
    int tears = kind == TEARS && counted == at;
    pthread_mutex_unlock(&lock);
    if (error) {
        errno = error;
        return -1;
    }
    if (tears) {
        REAL(pwrite)(descriptor, bytes, length / 2, offset);
        kill(getpid(), SIGKILL);
    }
    return (ssize_t)length;
}

static off_t place_of(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    struct stat status;
    if (flags >= 0 && flags & O_APPEND && !fstat(descriptor, &status)) return status.st_size;
    off_t place = lseek(descriptor, 0, SEEK_CUR);
    return place < 0 ? 0 : place;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    if (file_of(descriptor) && before_write(descriptor, bytes, length, place_of(descriptor)) < 0)
        return -1;
    return REAL(write)(descriptor, bytes, length);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    if (before_write(descriptor, bytes, length, offset) < 0) return -1;
    return REAL(pwrite)(descriptor, bytes, length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t offset) {
    return pwrite(descriptor, bytes, length, offset);
}

static int before(int descriptor) {
    struct disk_file *file = file_of(descriptor);
    if (!file) return 0;
    pthread_mutex_lock(&lock);
    int error = meets_fault();
    pthread_mutex_unlock(&lock);
    if (error) errno = error;
    return error ? -1 : 0;
}

static int synced(int descriptor, int (*sync)(int)) {
    if (before(descriptor)) return -1;
    int status = sync(descriptor);
    struct disk_file *file = file_of(descriptor);
    if (file && !status) {
        pthread_mutex_lock(&lock);
        forget(file);
        pthread_mutex_unlock(&lock);
    }
    return status;
}

int fsync(int descriptor) { return synced(descriptor, REAL(fsync)); }

int fdatasync(int descriptor) { return synced(descriptor, REAL(fdatasync)); }

int ftruncate(int descriptor, off_t length) {
    struct disk_file *file = file_of(descriptor);
    if (before(descriptor)) return -1;
    if (file) {
        pthread_mutex_lock(&lock);
        remember(file, NULL, 0, length);
        pthread_mutex_unlock(&lock);
    }
    return REAL(ftruncate)(descriptor, length);
}

int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

static int before_path(const char *path) {
    char whole[8192];
    if (kind == NONE) return 0;
    if (path[0] == '/') {
        snprintf(whole, sizeof whole, "%s", path);
    } else {
        char here[4096];
        if (!getcwd(here, sizeof here)) return 0;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
    }
    if (!is_below(whole)) return 0;
    pthread_mutex_lock(&lock);
    int error = meets_fault();
    pthread_mutex_unlock(&lock);
    if (error) errno = error;
    return error ? -1 : 0;
}

int rename(const char *from, const char *to) {
    return before_path(to) ? -1 : REAL(rename)(from, to);
}

int unlink(const char *path) { return before_path(path) ? -1 : REAL(unlink)(path); }

static int opened(int (*open_it)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if (flags & O_CREAT && before_path(path)) return -1;
    int descriptor = open_it(path, flags, mode);
    note_open(descriptor);
    return descriptor;
}

#define MODE(flags)                      \
    mode_t mode = 0;                     \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest;                    \
        va_start(rest, flags);           \
        mode = va_arg(rest, mode_t);     \
        va_end(rest);                    \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return opened(REAL(open), path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags)
    return opened(REAL(open64), path, flags, mode);
}

int openat(int where, const char *path, int flags, ...) {
    MODE(flags)
    int descriptor = REAL(openat)(where, path, flags, mode);
    note_open(descriptor);
    return descriptor;
}

int openat64(int where, const char *path, int flags, ...) {
    MODE(flags)
    int descriptor = REAL(openat64)(where, path, flags, mode);
    note_open(descriptor);
    return descriptor;
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MOST_FILES) known[descriptor] = 0;
    return REAL(close)(descriptor);
}

static double jump(void) {
    return clock_at && __sync_add_and_fetch(&clock_calls, 1) >= clock_at ? clock_jump : 0;
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int status = REAL(clock_gettime)(which, now);
    if (which == CLOCK_REALTIME) now->tv_sec += (time_t)jump();
    return status;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int status = REAL(gettimeofday)(now, zone);
    now->tv_sec += (time_t)jump();
    return status;
}
