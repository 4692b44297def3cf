/* Customer notices: one milestone of one order over one channel. Two workers, a provider that may
   take the message and lose the answer, a database restored from yesterday's backup.

   Switch NO_KEYS: the provider knows no keys, as mail does not.
   Define a switch to take one mechanism away:
     NO_LEDGER       the intent is not written before the provider is called
     BLIND_RESEND    an intent found after a crash is sent again
     NO_UNIQUE       each worker looks whether there is a row, instead of a constraint
     NO_EPOCH        after a restore sending goes on by itself
     NO_WINDOW       an ambiguous notice is sent again after the provider forgot its key */
mtype = { none, intent, sent, ambiguous };

mtype ledger = none;
mtype backup = none;
bool rows_twice = false;
bool resumed = true;           /* false: restored, and no person has said yet that sending goes on */
bool restored = false;
byte mails = 0;                /* what the customer got */
bool remembers = false;        /* the provider still knows the key */
bool took = false;             /* … and took a message under it */
bool alive[2];
bool calling[2];
byte trouble = 2;

inline provider() {
  if
  :: remembers && took -> skip                     /* the same key: taken for the same message */
  :: else -> if :: mails < 3 -> mails++ :: else fi; took = true;
#ifndef NO_KEYS
     remembers = true
#endif
  fi
}

active [2] proctype Worker() {
  byte me = _pid;
  bool seen;
end: do
  :: atomic { ledger == none && resumed -> alive[me] = true;
#ifdef NO_UNIQUE
       seen = true
     };
     atomic { if :: alive[me] -> ledger = intent; calling[me] = true :: else fi };
#else
#ifdef NO_LEDGER
       calling[me] = true
     };
#else
       ledger = intent; calling[me] = true
     };
#endif
#endif
     if
     :: atomic { calling[me] && alive[me] -> provider() };
        if
        :: atomic { alive[me] -> ledger = sent }
        :: atomic { alive[me] && trouble > 0 -> trouble--; ledger = ambiguous }   /* no answer came */
        :: !alive[me]
        fi
     :: atomic { alive[me] && trouble > 0 -> trouble--; ledger = none }  /* refused outright */
     :: !alive[me]
     fi;
     atomic { alive[me] = false; calling[me] = false }
  :: atomic { ledger == ambiguous && resumed &&
#ifdef NO_WINDOW
       true
#else
       remembers
#endif
       -> provider(); ledger = sent }
  od
}

active proctype Forget() {     /* the provider's keys end after a day; ours is asked in good time */
end: do :: atomic { remembers && ledger == ambiguous -> remembers = false } od
}

active proctype Crash() {
end: do
  :: atomic { trouble > 0 && (alive[0] || alive[1]) -> trouble--;
       alive[0] = false; alive[1] = false; calling[0] = false; calling[1] = false;
       if
#ifdef BLIND_RESEND
       :: ledger == intent -> ledger = none
#else
       :: ledger == intent -> ledger = ambiguous
#endif
       :: else
       fi }
  od
}

active proctype Restore() {    /* once, to a time before the notice; the provider has forgotten too */
  if
  :: atomic { ledger == sent && !alive[0] && !alive[1] -> ledger = none; restored = true;
       remembers = false;
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
