/* Intake: one fact, told by a sender that repeats itself and found in a change feed as well,
   on its way through a broker (or straight) into the database and through the interpreter.
   Beside it stands a neighbour that was kept earlier or later in the same batch.

   Define a switch to take one mechanism away:
     ANSWER_FIRST    the sender gets its 200 before anything is durable
     BROKER          a broker stands in front of the database
     NO_CONFIRM        … and the sender is answered before the broker confirmed (with BROKER)
     ACK_FIRST         … and a message is acknowledged before the commit (with BROKER)
     NO_UNIQUE       copies are recognised by looking first, not by a constraint
     NO_LOCK         an envelope is not locked while it is interpreted
     POISON          the fact kills whoever interprets it
     NO_COUNT          … and attempts are not counted before the work (with POISON) */
#ifndef CRASHES
#define CRASHES 2
#endif
#ifdef BROKER
#define FIRST 4
#else
#define FIRST 3
#endif
#define SENDS 2
#define TRIES 2
mtype = { absent, waiting, applied, quarantined };

#ifdef NO_LOCK
#define UNLOCK
#else
#define UNLOCK locked = false
bool locked = false;
#endif
/* Durable: survives every crash. */
byte rows = 0;
mtype standing = absent;
mtype neighbour = waiting;
byte effects = 0;
byte tried = 0;
byte queued = 0;       /* in the broker, confirmed or to be confirmed */
/* The sender's own memory. */
bool answered = false;
byte sends = SENDS;
byte crashes = CRASHES;
/* Volatile: gone with the process that holds it. */
bool receiving = false; /* who has something in hand; a crash takes it out of every hand */
bool consuming = false;
bool interpreting[2];
byte unacked = 0;
bool asked = false;    /* a request is in our hands */

inline crash() {
  receiving = false; consuming = false; interpreting[0] = false; interpreting[1] = false;
  asked = false; queued = queued + unacked; unacked = 0; UNLOCK
}

inline keep() {
  if
  :: rows == 0 -> rows = 1; standing = waiting
  :: else
  fi
}

active proctype Sender() {
end: do
  :: atomic { !answered && sends > 0 && !asked -> sends--; asked = true }
  od
}

active proctype Receiver() {
  bool seen;
end: do
  :: atomic { asked && !receiving -> receiving = true };
#ifdef ANSWER_FIRST
     atomic { if :: receiving -> answered = true; asked = false :: else fi };
#endif
#ifdef BROKER
#ifdef NO_CONFIRM
     atomic { if :: receiving -> answered = true; asked = false :: else fi };
     if
     :: atomic { receiving -> queued++ }
     :: receiving -> skip          /* the message never reached the broker's disk */
     :: else
     fi;
#else
     atomic { if :: receiving -> queued++ :: else fi };
#endif
#else
#ifdef NO_UNIQUE
     seen = (rows > 0);
     atomic { if :: receiving && !seen -> rows++; standing = waiting :: else fi };
#else
     atomic { if :: receiving -> keep() :: else fi };
#endif
#endif
     atomic { if :: receiving -> answered = true; asked = false; receiving = false :: else fi }
  od
}

#ifdef BROKER
active proctype Consumer() {
end: do
  :: atomic { queued > 0 -> consuming = true;
#ifdef ACK_FIRST
     queued-- };
#else
     queued--; unacked++ };
#endif
     atomic { if :: consuming -> keep() :: else fi };
#ifndef ACK_FIRST
     atomic { if :: consuming -> unacked--; consuming = false :: else fi }
#endif
  od
}
#endif

active proctype Feed() {
  bool seen;
  /* The same fact is found while paging through changes, at any time, perhaps twice. */
end: do
  :: sends < SENDS ->
#ifdef NO_UNIQUE
     seen = (rows > 0);
     atomic { if :: !seen -> rows++; standing = waiting :: else fi }; break
#else
     atomic { keep() }; break
#endif
  od
}

/* Two hands take batches. A batch holds both envelopes, or what of them waits. */
/* Two hands take batches. A batch holds both envelopes, or what of them waits. */
active [2] proctype Interpreter() {
  bool mine, other;
  byte me = _pid - FIRST;
end: do
  :: atomic {
#ifndef NO_LOCK
       !locked &&
#endif
       (standing == waiting || neighbour == waiting) ->
         mine = (standing == waiting); other = (neighbour == waiting); interpreting[me] = true;
#ifndef NO_LOCK
         locked = true;
#endif
#if defined(POISON) && !defined(NO_COUNT)
         if
         :: mine && tried == TRIES -> standing = quarantined; mine = false
         :: mine && tried < TRIES -> tried++
         :: else
         fi
#endif
     };
#ifdef POISON
     atomic { if :: interpreting[me] && mine -> crash() :: else fi };
#endif
     atomic { if
       :: interpreting[me] ->
          if :: mine -> standing = applied; effects++ :: else fi;
          if :: other -> neighbour = applied :: else fi;
          interpreting[me] = false; UNLOCK
       :: else
     fi }
  od
}

active proctype Crash() {
end: do
  :: atomic { crashes > 0 -> crashes--; crash() }
  od
}

bool tick = false;
active proctype Clock() { end: do :: tick = !tick od }   /* every run goes on, so that a stuck one shows */

ltl durable { [] (!answered || rows > 0 || queued > 0 || unacked > 0) }
ltl once    { [] (rows <= 1 && effects <= 1) }
ltl settles { [] (answered -> <> (standing == applied || standing == quarantined)) }
ltl flows   { <> [] (neighbour == applied) }
