/* Customer notices: one milestone of one order over one channel. Two hands with leases, a provider
   that may take the message and lose the answer, or refuse the second try of what it took; a person
   who resolves what is ambiguous; a database restored from yesterday's backup.

   Switch NO_KEYS: the provider knows no keys, as mail does not. Then nothing is repeated.
   Define a switch to take one mechanism away:
     NO_LEDGER       the intent is not written before the provider is called
     BLIND_RESEND    an intent found by a later hand is sent again
     NO_UNIQUE       each hand looks whether there is a row, instead of a constraint
     NO_EPOCH        after a restore sending goes on by itself
     NO_WINDOW       an ambiguous notice is sent again after the provider forgot its key
     NO_MARGIN       the provider may forget while a repeat that began in time is under way
     REFUSED_REPEAT  a refused second try counts as a refusal of the first
     NO_TOKEN        what came of a call is written by whichever hand says it
     NO_LOOK         a hand does not look at its lease again before it calls */
mtype = { none, intent, sent, ambiguous };          /* of the row */
mtype = { taken, refused, unanswered };             /* of a call */

#ifndef TROUBLE
#define TROUBLE 2
#endif

mtype ledger = none;
byte wrote = 0;                /* the token of the hand that wrote the intent last */
bool window = false;           /* ours: the first call is recent enough to be repeated */
bool resumed = true;           /* false: restored, and no person has said yet that sending goes on */
bool restored = false;
byte mails = 0;                /* what the customer got */
bool remembers = false;        /* the provider still knows the key, and took a message under it */
byte lease = 0;                /* the token of the hand whose lease lasts; 0: none does */
byte tokens = 0;
byte mine[2];                  /* the token a hand works under; 0: it has nothing in hand */
bool telling[2];               /* between its intent and what came of it */
bool calling[2];               /* between its look at the lease and the answer */
bool asked = false;            /* a person has resolved it once */
byte trouble = TROUBLE;

#ifdef NO_KEYS
#define REPEATED false
#else
#ifdef NO_WINDOW
#define REPEATED (ledger == ambiguous)
#else
#define REPEATED (ledger == ambiguous && window)
#endif
#endif
#define DUE (resumed && (ledger == none || REPEATED))

inline provider() {
  if
  :: remembers                                      /* the same key: taken for the same message */
  :: else -> if :: mails < 3 -> mails++ :: else fi;
#ifndef NO_KEYS
     remembers = true
#endif
  fi
}

inline drop(hand) { mine[hand] = 0; telling[hand] = false; calling[hand] = false }

active [2] proctype Hand() {
  byte me = _pid;
  bool again;
  mtype answer;
end: do
  :: atomic { mine[me] == 0 && lease == 0 && (DUE || ledger == intent) ->
       tokens++; mine[me] = tokens; lease = tokens };

     atomic {
       if                                           /* what an earlier hand left behind */
       :: mine[me] != 0 && ledger == intent && wrote < mine[me] ->
#ifdef BLIND_RESEND
          ledger = none
#else
          ledger = ambiguous
#endif
       :: else
       fi };

#ifdef NO_UNIQUE
     atomic { if :: mine[me] != 0 && DUE -> telling[me] = true; again = (ledger == ambiguous) :: else fi };
     atomic { if :: telling[me] -> ledger = intent; wrote = mine[me];
                    if :: again :: else -> window = true fi :: else fi };
#else
     atomic {
       if
       :: mine[me] != 0 && DUE && wrote <= mine[me] ->
          telling[me] = true; again = (ledger == ambiguous);
          if :: again :: else -> window = true fi;
#ifndef NO_LEDGER
          wrote = mine[me]; ledger = intent
#endif
       :: else
       fi };
#endif

     atomic {
       answer = refused;                            /* of a call that was not made, nothing came */
       if
#ifdef NO_LOOK
       :: telling[me]
#else
       :: telling[me] && lease == mine[me] -> calling[me] = true
#endif
       :: else
       fi };
     atomic {
       if
#ifdef NO_LOOK
       :: telling[me] -> provider(); answer = taken
       :: telling[me] && trouble > 0 -> trouble--; provider(); answer = unanswered
#else
       :: calling[me] -> provider(); answer = taken
       :: calling[me] && trouble > 0 -> trouble--; provider(); answer = unanswered
       :: calling[me] && trouble > 0 -> trouble--; answer = unanswered
       :: calling[me] && trouble > 0 -> trouble--   /* refused, whatever it took before */
#endif
       :: else
       fi };

     atomic {
       if
       :: !telling[me]
#ifdef NO_LEDGER
       :: telling[me] && answer == taken -> ledger = sent
#else
       :: telling[me] && answer == taken && (ledger == intent || ledger == ambiguous) -> ledger = sent
#endif
#ifdef NO_TOKEN
       :: telling[me] && answer != taken && ledger == intent ->
#else
       :: telling[me] && answer != taken && ledger == intent && wrote == mine[me] ->
#endif
          if
#ifdef REFUSED_REPEAT
          :: answer == refused -> ledger = none
#else
          :: answer == refused && !again -> ledger = none
#endif
          :: else -> ledger = ambiguous
          fi
       :: else
       fi;
       if :: lease == mine[me] -> lease = 0 :: else fi;
       drop(me) }
  od
}

#define HOLDS(hand) (mine[hand] != 0 && lease == mine[hand])

active proctype Lease() {      /* what is left of it when a hand calls is longer than the call */
end: do
  :: atomic { lease != 0 && !HOLDS(0) && !HOLDS(1) -> lease = 0 }                /* its hand died */
  :: atomic { HOLDS(0) && !calling[0] && trouble > 0 -> trouble--; lease = 0 }   /* it stands still */
  :: atomic { HOLDS(1) && !calling[1] && trouble > 0 -> trouble--; lease = 0 }
  od
}

active proctype Crash() {
end: do
  :: atomic { trouble > 0 && mine[0] != 0 -> trouble--; drop(0) }
  :: atomic { trouble > 0 && mine[1] != 0 -> trouble--; drop(1) }
  od
}

/* The provider's keys end after a day. Ours is asked in such time that a repeat which began in it
   is over by then, and so is a call of a hand whose lease lasts. */
active proctype Forget() {
end: do
  :: atomic { window -> window = false }
#ifdef NO_MARGIN
  :: atomic { remembers && !window -> remembers = false }
#else
  :: atomic { remembers && !window && !(telling[0] && HOLDS(0)) && !(telling[1] && HOLDS(1)) ->
       remembers = false }
#endif
  od
}

active proctype Person() {     /* who asked the provider, was told that nothing came, and says: again */
end: do
  :: atomic { !asked && mails == 0 && ledger == ambiguous ->
       asked = true; ledger = none; window = false }
  od
}

active proctype Restore() {    /* once, to a time before the notice; the provider has forgotten too */
  if
  :: atomic { ledger != none -> ledger = none; wrote = 0; restored = true; window = false;
       remembers = false; lease = 0; drop(0); drop(1);
#ifndef NO_EPOCH
       resumed = false
#endif
     }
  :: skip
  fi
}

bool tick = false;
active proctype Clock() { end: do :: tick = !tick od }

ltl once   { [] (mails <= 1) }
ltl ends   { <> [] (restored || ledger == sent || ledger == ambiguous) }
