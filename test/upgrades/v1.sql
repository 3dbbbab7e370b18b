PRAGMA application_id = 1668247664;
PRAGMA user_version = 1;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE processes (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      spec TEXT NOT NULL,
      state TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      marker TEXT,
      committed_at REAL NOT NULL, -- on the monotonic clock of that boot, in milliseconds
      want TEXT NOT NULL,
      status TEXT NOT NULL,
      pid INTEGER,
      runs INTEGER NOT NULL,
      restarts INTEGER NOT NULL,
      exit TEXT,
      process_file TEXT NOT NULL,
      args TEXT NOT NULL,
      log TEXT NOT NULL,
      username TEXT NOT NULL,
      auto_restart INTEGER NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;
CREATE TABLE groups (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;
CREATE TABLE process_groups (
      process_id INTEGER NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
      group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
      PRIMARY KEY (process_id, group_id)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
      process_id INTEGER NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
      run INTEGER NOT NULL,
      pid INTEGER NOT NULL,
      start_time INTEGER NOT NULL, -- field 22 of /proc/PID/stat
      boot_id TEXT NOT NULL,
      marker TEXT,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      exit TEXT,
      PRIMARY KEY (process_id, run)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
      id INTEGER PRIMARY KEY,
      at TEXT NOT NULL,
      process TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('status', 'ready', 'note')),
      from_status TEXT,
      to_status TEXT,
      run INTEGER NOT NULL,
      pid INTEGER,
      restarts INTEGER NOT NULL,
      exit_code INTEGER,
      exit_signal TEXT,
      reason TEXT NOT NULL,
      asked_by TEXT
    ) STRICT;
CREATE TABLE set_aside (at TEXT NOT NULL, name TEXT NOT NULL, problem TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE INDEX process_groups_by_group ON process_groups (group_id);
CREATE INDEX journal_by_process ON journal (process);
INSERT INTO meta (key, value) VALUES ('closed_cleanly', '1');
INSERT INTO processes (id, name, spec, state, boot_id, marker, committed_at, want, status, pid, runs, restarts, exit, process_file, args, log, username, auto_restart, created_at, updated_at) VALUES (1, 'web', '{"instanceOf":null,"command":["/bin/web"],"cwd":"/","env":{"inherit":true,"set":{"$map":[["$PORT","80"]]}},"identity":{"user":null,"group":null,"umask":null,"nice":null},"limits":{"$map":[["nofile",{"soft":1024,"hard":{"$number":"Infinity"}}]]},"output":{"stdout":{"tag":"inherit-stdout"},"stderr":{"tag":"inherit-stderr"},"access":null,"timestamps":false,"format":"raw","maxSize":null,"maxAge":null,"keep":null},"ready":{"tag":"check","check":{"tag":"bucket","capacity":3,"leak":10000,"of":{"tag":"probe","probe":{"kind":"http","url":"http://localhost:8080/","method":"GET","headers":{"$map":[["Accept","*/*"]]},"status":[{"from":200,"to":299}],"expectHeaders":{"$map":[]},"expectBody":null,"timeout":1000}}},"interval":50,"slowest":1000,"period":10000},"startTimeout":60000,"monitors":[{"name":"health","check":{"tag":"probe","probe":{"kind":"custom","id":"health","timeout":1000}},"period":10000}],"restart":"always","endIsFailure":false,"delay":{"tag":"backoff","initial":100,"factor":2,"max":10000,"jitter":0.1,"resetAfter":10000},"startLimit":null,"successExitCodes":[0],"oneshot":false,"autostart":true,"prerun":[],"prerunFailure":"fail","significant":false,"groups":["front","all"],"declared":{"entry":{"name":"web","env":{"$object":[["$PORT",80]]}},"cwd":"/srv","variables":true,"file":"/etc/coppice/p.json"},"name":"web","parent":"db","edges":[{"to":"db","condition":"ready","onExit":"restart"}],"stop":{"signal":"SIGTERM","timeout":10000,"mode":"group"},"trigger":{"signal":null,"schedule":null,"shutdown":false,"terminate":false}}', '{"id":1,"want":{"up":true,"reason":{"at":0,"tag":"declared"}},"state":{"tag":"running","reason":{"at":110,"tag":"spawned","because":{"at":90,"tag":"declared"}},"run":{"n":3,"pid":1003,"startTime":5003,"since":100,"birth":{"at":90,"tag":"declared"},"standsOn":{"$map":[["db",7]]},"says":null,"promised":null,"askings":0,"takenBackAt":null},"isReady":true,"ready":null,"readyAt":{"$number":"Infinity"},"monitors":[],"watchdogAt":{"$number":"Infinity"}},"jobs":[],"givenUp":[],"runs":3,"restarts":2,"revives":false,"streak":0,"procmonDelay":1000,"starts":[],"exit":{"tag":"signal","signal":"SIGKILL"},"lastPid":null,"aftermath":null,"nextPeriodic":{"$number":"Infinity"},"createdAt":0,"since":0}', 'boot-1', 'abc:1:3', 200, 'up', 'running', 1003, 3, 2, 'SIGKILL', '/bin/web', '', '', '', 1, '2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00.000Z');
INSERT INTO processes (id, name, spec, state, boot_id, marker, committed_at, want, status, pid, runs, restarts, exit, process_file, args, log, username, auto_restart, created_at, updated_at) VALUES (2, 'db', '{"instanceOf":null,"command":["/bin/db"],"cwd":"/","env":{"inherit":true,"set":{"$map":[]}},"identity":{"user":null,"group":null,"umask":null,"nice":null},"limits":{"$map":[]},"output":{"stdout":{"tag":"inherit-stdout"},"stderr":{"tag":"inherit-stderr"},"access":null,"timestamps":false,"format":"raw","maxSize":null,"maxAge":null,"keep":null},"ready":null,"startTimeout":60000,"monitors":[],"restart":"always","endIsFailure":false,"delay":{"tag":"backoff","initial":100,"factor":2,"max":10000,"jitter":0.1,"resetAfter":10000},"startLimit":null,"successExitCodes":[0],"oneshot":false,"autostart":true,"prerun":[],"prerunFailure":"fail","significant":false,"groups":["all"],"declared":null,"name":"db","edges":[{"to":"disk","condition":"completed_successfully","onExit":"ignore"}],"parent":null,"stop":{"signal":"SIGTERM","timeout":10000,"mode":"group"},"trigger":{"signal":null,"schedule":null,"shutdown":false,"terminate":false}}', '{"id":2,"want":{"up":true,"reason":{"at":0,"tag":"declared"}},"state":{"tag":"delayed","until":900,"reason":{"at":700,"tag":"delay","nth":2,"delay":200,"because":{"at":690,"tag":"exited","process":"db","exit":{"tag":"code","code":3},"lived":12.5}}},"jobs":[],"givenUp":[],"runs":7,"restarts":0,"revives":false,"streak":0,"procmonDelay":1000,"starts":[100,400.5],"exit":{"tag":"code","code":3},"lastPid":null,"aftermath":{"after":10000,"killed":[{"pid":77,"command":"sleep 9"}],"leftBehind":0},"nextPeriodic":{"$number":"Infinity"},"createdAt":0,"since":0}', 'boot-1', NULL, 200, 'up', 'delayed', NULL, 7, 0, '3', '/bin/db', '', '', '', 1, '2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00.000Z');
INSERT INTO processes (id, name, spec, state, boot_id, marker, committed_at, want, status, pid, runs, restarts, exit, process_file, args, log, username, auto_restart, created_at, updated_at) VALUES (5, 'disk', '{"instanceOf":null,"command":null,"cwd":"/","env":{"inherit":true,"set":{"$map":[]}},"identity":{"user":null,"group":null,"umask":null,"nice":null},"limits":{"$map":[]},"output":{"stdout":{"tag":"inherit-stdout"},"stderr":{"tag":"inherit-stderr"},"access":null,"timestamps":false,"format":"raw","maxSize":null,"maxAge":null,"keep":null},"ready":null,"startTimeout":60000,"monitors":[],"restart":"no","endIsFailure":false,"delay":{"tag":"backoff","initial":100,"factor":2,"max":10000,"jitter":0.1,"resetAfter":10000},"startLimit":null,"successExitCodes":[0],"oneshot":true,"autostart":false,"prerun":[],"prerunFailure":"fail","significant":false,"groups":[],"declared":null,"name":"disk","parent":null,"edges":[],"stop":{"signal":"SIGTERM","timeout":10000,"mode":"group"},"trigger":{"signal":null,"schedule":null,"shutdown":false,"terminate":false}}', '{"id":5,"want":{"up":false,"forGood":false,"reason":{"at":0,"tag":"not-called"}},"state":{"tag":"stopped","reason":{"at":0,"tag":"not-called"}},"jobs":[],"givenUp":[],"runs":0,"restarts":0,"revives":false,"streak":0,"procmonDelay":1000,"starts":[],"exit":null,"lastPid":null,"aftermath":null,"nextPeriodic":{"$number":"Infinity"},"createdAt":0,"since":0}', 'boot-1', NULL, 200, 'down', 'stopped', NULL, 0, 0, NULL, '', '', '', '', 0, '2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00.000Z');
INSERT INTO groups (id, name, created_at, updated_at) VALUES (1, 'all', '2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00.005Z');
INSERT INTO groups (id, name, created_at, updated_at) VALUES (4, 'front', '2026-08-01T12:00:00.000Z', '2026-08-01T12:00:00.005Z');
INSERT INTO process_groups (process_id, group_id) VALUES (1, 1);
INSERT INTO process_groups (process_id, group_id) VALUES (2, 1);
INSERT INTO process_groups (process_id, group_id) VALUES (1, 4);
INSERT INTO runs (process_id, run, pid, start_time, boot_id, marker, started_at, ended_at, exit) VALUES (1, 3, 1003, 5003, 'boot-1', 'abc:1:3', '2026-08-01T11:59:59.900Z', NULL, NULL);
INSERT INTO journal (id, at, process, kind, from_status, to_status, run, pid, restarts, exit_code, exit_signal, reason, asked_by) VALUES (1, '2026-08-01T12:00:00.000Z', 'web', 'status', 'init', 'running', 1, 1001, 0, NULL, NULL, 'it was started', NULL);
INSERT INTO journal (id, at, process, kind, from_status, to_status, run, pid, restarts, exit_code, exit_signal, reason, asked_by) VALUES (2, '2026-08-01T12:00:00.001Z', 'db', 'status', 'init', 'running', 1, 1001, 0, 3, NULL, 'it was started', 'restart by root');
