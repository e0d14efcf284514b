/* A disk that fails, for scripts/bench/faults.py: preloaded into commands, it lets their calls for
 * files below two folders end with EIO while the campaign orders it. A write that fails has written
 * half of its bytes before, as disks do. What is mapped into memory cannot be made to fail so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES, READS };
enum { SOUND, EVERY, ONE }; /* what an order can be; ONE is taken back by the call that fails */

static volatile int *orders;
static const char *disk, *input;

__attribute__((constructor)) static void map_orders(void) {
    const char *path = getenv("MICROTUNE_FAULTS_ORDERS");
    disk = getenv("MICROTUNE_FAULTS_DISK");
    input = getenv("MICROTUNE_FAULTS_INPUT");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *at = mmap(NULL, 2 * sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (at != MAP_FAILED) orders = at;
}

static int below(const char *path, const char *folder) {
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int ordered(int what) {
    if (orders[what] == EVERY) return 1;
    return __sync_bool_compare_and_swap(&orders[what], ONE, SOUND);
}

static int fails_at(int what, const char *path) {
    if (!orders || !orders[what]) return 0;
    if (!below(path, disk) && !(what == READS && below(path, input))) return 0;
    return ordered(what) ? (errno = EIO) : 0;
}

static int fails(int what, int file) {
    char link[48], path[4096];
    if (!orders || !orders[what]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails_at(what, path);
}

#define REAL(name)                                                  \
    static __typeof__(name) *real;                                  \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define FAILS(what, file) if (fails(what, file)) return -1

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    if (!fails(WRITES, file)) return real(file, bytes, count);
    (void)!real(file, bytes, count / 2);
    errno = EIO;
    return -1;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    REAL(pwrite);
    if (!fails(WRITES, file)) return real(file, bytes, count, at);
    (void)!real(file, bytes, count / 2, at);
    errno = EIO;
    return -1;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return pwrite(file, bytes, count, at); /* off_t has 64 bits here */
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    FAILS(WRITES, file);
    return real(file, parts, count);
}

int fsync(int file) {
    REAL(fsync);
    FAILS(WRITES, file);
    return real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    FAILS(WRITES, file);
    return real(file);
}

int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    FAILS(WRITES, file);
    return real(file, size);
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int rename(const char *from, const char *to) {
    REAL(rename);
    if (fails_at(WRITES, to)) return -1;
    return real(from, to);
}

ssize_t sendfile(int out, int in, off_t *at, size_t count) {
    REAL(sendfile);
    FAILS(WRITES, out);
    FAILS(READS, in);
    return real(out, in, at, count);
}

ssize_t sendfile64(int out, int in, off64_t *at, size_t count) {
    return sendfile(out, in, at, count);
}

ssize_t read(int file, void *bytes, size_t count) {
    REAL(read);
    FAILS(READS, file);
    return real(file, bytes, count);
}

ssize_t pread(int file, void *bytes, size_t count, off_t at) {
    REAL(pread);
    FAILS(READS, file);
    return real(file, bytes, count, at);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t at) {
    return pread(file, bytes, count, at);
}

ssize_t readv(int file, const struct iovec *parts, int count) {
    REAL(readv);
    FAILS(READS, file);
    return real(file, parts, count);
}
