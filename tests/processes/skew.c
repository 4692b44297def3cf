/* A clock that is wrong by SKEW_SECONDS seconds, for a program started with LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long skew(void)
{
    const char *told = getenv("SKEW_SECONDS");
    return told ? atol(told) : 0;
}

int clock_gettime(clockid_t which, struct timespec *at)
{
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int ended = real(which, at);
    if (ended == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        at->tv_sec += skew();
    return ended;
}

int gettimeofday(struct timeval *at, void *zone)
{
    int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
    int ended = real(at, zone);
    if (ended == 0)
        at->tv_sec += skew();
    return ended;
}

time_t time(time_t *into)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (into)
        *into = at.tv_sec;
    return at.tv_sec;
}
