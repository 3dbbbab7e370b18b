"""Does one job after the other. At SIGTERM it finishes the one it has, and ends."""
import signal

from store import Store

going_on = True


def stop(_signal, _frame):
    global going_on
    going_on = False


signal.signal(signal.SIGTERM, stop)
store = Store()
while going_on:
    job = store.ask("BRPOP", "jobs", 1)
    if job is not None:
        print(f"worker: did {job[1]}", flush=True)
        store.ask("INCR", "done")
print("worker: over", flush=True)
