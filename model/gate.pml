/* The ship gate: an order is held at the warehouse until Accord permits it to leave; the customer
   cancels at any time; messages are late, lost and done twice; somebody is told "cancelled".

   Define a switch to take one mechanism away:
     NO_HOLD       the warehouse may ship as soon as it has the order
     STALE_LOOK    permission is given from what we knew, not from a fresh read of the shop
     NO_CHECK      permission is given without looking whether we know of a cancel
     TELL_EARLY    "cancelled" is told before the warehouse confirmed
     NO_READBACK   the warehouse's "accepted" counts as its confirmation */
mtype = { held, permitted, left, stopped };

bool cancelled = false;        /* at the shop */
bool known = false;            /* the cancel is durable here */
#ifdef NO_HOLD
mtype parcel = permitted;
#else
mtype parcel = held;
#endif
bool fresh = false;            /* a permission under way, and what it was given from */
bool permit = false;
bool stop = false;             /* a cancel under way to the warehouse */
bool accepted = false, confirmed = false;
bool told = false;
bool given_after = false;      /* a permission was given after the cancel was known here */
bool left_blind = false;       /* it left though the shop had cancelled before permission was asked */
byte trouble = 2;

active proctype Shop() {
  do
  :: atomic { !cancelled -> cancelled = true; break }
  :: break
  od
}

active proctype Intake() {     /* by hook, or by the poll when the hook was lost */
end: do :: atomic { cancelled && !known -> known = true } od
}

#ifndef NO_HOLD
active proctype Permission() {
  bool saw, before;
end: do
  :: atomic { parcel == held && !permit ->
       before = cancelled;     /* what a read at this moment would show */
#ifdef STALE_LOOK
       saw = false
#else
       saw = cancelled
#endif
     };
     atomic { if
#ifdef NO_CHECK
       :: !saw -> permit = true; given_after = known;
#else
       :: !saw && !known -> permit = true; given_after = known;
#endif
          fresh = before
       :: else
       fi }
  od
}

active proctype Release() {
end: do
  :: atomic { permit && parcel == held -> parcel = permitted; permit = false; left_blind = fresh }
  :: atomic { permit && trouble > 0 -> trouble--; permit = false }
  :: atomic { permit && parcel != held -> permit = false }
  od
}

active proctype Expiry() {     /* not shipped in time: held again, to be asked for anew */
end: do :: atomic { parcel == permitted && known -> parcel = held } od
}
#endif

active proctype Warehouse() {
end: do
  :: atomic { parcel == permitted -> parcel = left;
#ifdef NO_HOLD
       left_blind = cancelled
#endif
     }
  :: atomic { stop -> stop = false; accepted = true;
       if
       :: parcel == held || parcel == permitted -> parcel = stopped
       :: trouble > 0 && parcel != left -> trouble--   /* accepted, and not done */
       :: parcel == left || parcel == stopped -> skip
       fi }
  od
}

active proctype Cancel() {
end: do
  :: atomic { known && !stop && !confirmed && parcel != left -> stop = true }
  :: atomic { stop && trouble > 0 -> trouble--; stop = false }   /* lost on the way */
  od
}

active proctype Confirmation() {
end: do
#ifdef NO_READBACK
  :: atomic { known && accepted && !confirmed -> confirmed = true }
#else
  :: atomic { known && parcel == stopped && !confirmed -> confirmed = true }
#endif
  od
}

active proctype Tell() {
end: do
#ifdef TELL_EARLY
  :: atomic { known && !told -> told = true }
#else
  :: atomic { known && confirmed && !told -> told = true }
#endif
  od
}

bool tick = false;
active proctype Clock() { end: do :: tick = !tick od }

ltl gate    { [] !given_after }
ltl sighted { [] !(left_blind && parcel == left) }
ltl honest  { [] !(told && parcel == left) }
ltl ends    { [] (known -> <> (told || parcel == left)) }
