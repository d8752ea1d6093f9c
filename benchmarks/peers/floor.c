// The least that a replicated write can cost on a machine: a client, a leader and two followers, each its own process with blocking
// sockets and a file. The leader sends to both, syncs its own file, waits for the first of the two, and answers. No HTTP, no protocol.
//   usage: floor DIRECTORY SYNC(1|0) WRITES
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES = 16 << 20, RECORD = 256, REQUEST = 150, APPEND = 120, ACK = 40, ANSWER = 60 };

static int is_synced;

static void check(long result, const char *what) {
    if (result < 0) { perror(what); exit(1); }
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void connect_pair(int *one, int *other) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    check(bind(listener, (struct sockaddr *)&at, sizeof at), "bind");
    check(listen(listener, 1), "listen");
    getsockname(listener, (struct sockaddr *)&at, &length);
    *one = socket(AF_INET, SOCK_STREAM, 0);
    check(connect(*one, (struct sockaddr *)&at, sizeof at), "connect");
    check(*other = accept(listener, NULL, NULL), "accept");
    close(listener);
    setsockopt(*one, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(*other, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void take(int socket, int bytes) {
    char buffer[REQUEST];
    for (int got = 0; got < bytes;) {
        ssize_t n = read(socket, buffer, bytes - got);
        if (n <= 0) exit(0);
        got += n;
    }
}

static void give(int socket, int bytes) {
    static char buffer[REQUEST];
    if (write(socket, buffer, bytes) != bytes) exit(0);
}

// A file that has all its blocks, as a preallocated segment of a log has.
static int make_file(const char *directory, int number) {
    char path[4096];
    snprintf(path, sizeof path, "%s/floor-%d-%d", directory, getpid(), number);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    check(file, path);
    unlink(path);
    char *zeros = calloc(1, FILE_BYTES);
    check(write(file, zeros, FILE_BYTES), "write");
    free(zeros);
    check(fsync(file), "fsync");
    return file;
}

static void put(int file) {
    static char record[RECORD];
    static off_t at;
    check(pwrite(file, record, RECORD, at), "pwrite");
    at = (at + RECORD) % FILE_BYTES;
    if (is_synced) check(fdatasync(file), "fdatasync");
}

static void follow(int leader, int file) {
    while (1) { take(leader, APPEND); put(file); give(leader, ACK); }
}

static void lead(int client, int followers[2], int file) {
    int open_acks[2] = {0, 0};
    while (1) {
        take(client, REQUEST);
        for (int i = 0; i < 2; i++) { give(followers[i], APPEND); open_acks[i]++; }
        put(file);
        while (open_acks[0] > 0 && open_acks[1] > 0) {
            struct pollfd wait[2] = {{followers[0], POLLIN, 0}, {followers[1], POLLIN, 0}};
            poll(wait, 2, -1);
            for (int i = 0; i < 2; i++)
                if (wait[i].revents) { take(followers[i], ACK); open_acks[i]--; }
        }
        give(client, ANSWER);
    }
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    if (count != 4) { fprintf(stderr, "usage: floor DIRECTORY SYNC(1|0) WRITES\n"); return 2; }
    is_synced = atoi(arguments[2]);
    int writes = atoi(arguments[3]), client, leader, ours[2], theirs[2];
    connect_pair(&client, &leader);
    for (int i = 0; i < 2; i++) connect_pair(&ours[i], &theirs[i]);
    int files[3];
    for (int i = 0; i < 3; i++) files[i] = make_file(arguments[1], i);
    pid_t child[3];
    for (int i = 0; i < 3; i++) {
        if ((child[i] = fork()) == 0) {
            if (i < 2) follow(theirs[i], files[i]);
            lead(leader, ours, files[2]);
        }
    }
    double *took = calloc(writes, sizeof *took), began = now_us();
    for (int i = 0; i < writes; i++) {
        double at = now_us();
        give(client, REQUEST);
        take(client, ANSWER);
        took[i] = now_us() - at;
    }
    double rate = writes / ((now_us() - began) / 1e6);
    qsort(took, writes, sizeof *took, compare);
    printf(
        "%s: %.0f writes/s, p50 %.0f us, p99 %.0f us\n", is_synced ? "synced" : "not synced", rate,
        took[writes / 2], took[writes * 99L / 100]);
    for (int i = 0; i < 3; i++) { kill(child[i], SIGKILL); waitpid(child[i], NULL, 0); }
    return 0;
}
