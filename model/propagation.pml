/* Propagation: the truth of one order moves on, one mirror that takes whatever was written last
   is brought into step by two workers. Requests are lost, executed without an answer, or executed
   long after we gave up on them; a person edits the mirror; workers die and leases run out.

   Define a switch to take one mechanism away:
     NO_FEED       the source is not polled: a lost hook stays lost
     NO_LOOK       the mirror is not polled: what others change there is not seen
     NO_READBACK   what the mirror answers is believed, and not read back
     REPLAY        a worker sends the change it was woken for, not what is so when it sends
     NO_AGAIN      a change while the task is in somebody's hands does not mark it
     NO_TOKEN      whoever finishes settles the task, also after the lease ran out
     NO_MARGIN     nobody looks whether the lease still holds before writing
     NO_LEASE_END  a lease never runs out */
#ifndef TROUBLE
#define TROUBLE 2
#endif
#define NEWEST 2
#define NOBODY 2

byte source = 0;
bool hook = false;                   /* a delivery under way */
byte trouble = TROUBLE;              /* so often something goes wrong, in any way */
/* Durable here. */
byte truth = 0, known = 0;
bool due = false, again = false;
byte holder = NOBODY;
byte told = 0;                       /* what the task was put down for */
/* The mirror, and what is on its way to it. */
byte remote = 0;
bool flying[2];
byte carried[2];
bool late = false; byte late_value = 0;
/* Volatile. */
bool alive[2];

inline ask() {
#ifdef REPLAY
  if :: !due -> told = truth :: else fi;   /* asked for once, and carries the change it began with */
#endif
  if
  :: holder == NOBODY -> due = true
#ifdef NO_AGAIN
  :: else
#else
  :: else -> again = true
#endif
  fi
}

/* Whatever is read of the mirror, by whomever, goes through the same door as a hook. */
inline look() {
  known = remote;
  if :: known != truth -> ask() :: else fi
}

inline learn(value) {
  if :: value > truth -> truth = value; ask() :: else fi
}

active proctype Source() {
  do :: atomic { source < NEWEST -> source++; hook = true } :: source == NEWEST -> break od
}

active proctype Hook() {
end: do
  :: atomic { hook -> hook = false; learn(source) }
  :: atomic { hook && trouble > 0 -> trouble--; hook = false }
  od
}

#ifndef NO_FEED
active proctype Feed() {
end: do :: atomic { truth < source -> learn(source) } od
}
#endif

#ifndef NO_LOOK
active proctype Look() {
end: do :: atomic { known != remote -> look() } od
}
#endif

inline settle(finished) {
  if
#ifdef NO_TOKEN
  :: alive[me] ->
#else
  :: alive[me] && holder == me ->
#endif
     holder = NOBODY;
     if :: finished && !again -> due = false :: else -> due = true fi;
     again = false
  :: else
  fi;
  alive[me] = false; want = 0
}

proctype Worker(byte me) {
  byte want;
end: do
  :: atomic { due && holder == NOBODY -> holder = me; again = false; alive[me] = true;
#ifdef REPLAY
       want = told
#else
       want = truth
#endif
     };
     if
     :: atomic { want == known -> settle(true) }
     :: atomic { want != known ->
          if
#ifdef NO_MARGIN
          :: alive[me] -> flying[me] = true; carried[me] = want
#else
          :: alive[me] && holder == me -> flying[me] = true; carried[me] = want
#endif
          :: else -> skip
          fi };
        /* Wait for the answer, or give up; the mirror moves meanwhile. */
        !flying[me];
#ifdef NO_READBACK
        atomic { if :: alive[me] -> known = want :: else fi };
#else
        atomic { if :: alive[me] -> look() :: else fi };
#endif
        atomic { settle(false) }
     fi
  od
}

proctype Wire(byte me) {
end: do
  :: atomic { flying[me] -> flying[me] = false; remote = carried[me]; carried[me] = 0 }
  :: atomic { flying[me] && trouble > 0 -> trouble--; flying[me] = false;
       if
       :: late = true; late_value = carried[me]    /* we gave up; it is done later all the same */
       :: skip                                     /* it never arrived */
       fi;
       carried[me] = 0 }
  od
}

active proctype Late() {
end: do :: atomic { late -> late = false; remote = late_value; late_value = 0 } od
}

active proctype Person() {
end: do :: atomic { trouble > 0 && remote > 0 -> trouble--; remote = 0 } od
}

#ifndef NO_LEASE_END
active proctype LeaseEnd() {
  /* A lease is longer than the longest request: it does not end while one of ours is on its way.
     It ends on a worker that died, and now and then on one that was only stopped for a while. */
end: do
  :: atomic { holder != NOBODY && !alive[holder] && !flying[holder] -> holder = NOBODY }
  :: atomic { holder != NOBODY && alive[holder] && !flying[holder] && trouble > 0 ->
       trouble--; holder = NOBODY }
  od
}
#endif

active proctype Crash() {
end: do
  :: atomic { trouble > 0 && alive[0] -> trouble--; alive[0] = false }
  :: atomic { trouble > 0 && alive[1] -> trouble--; alive[1] = false }
  od
}

bool tick = false;
active proctype Clock() { end: do :: tick = !tick od }

init { atomic { run Worker(0); run Worker(1); run Wire(0); run Wire(1) } }

ltl converges { <> [] (truth == NEWEST && remote == NEWEST) }
ltl sound     { [] (truth <= source && remote <= source) }
ltl alone     { [] !(flying[0] && flying[1]) }
