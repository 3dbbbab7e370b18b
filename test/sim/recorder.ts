import type { Input } from '../../src/core/events.ts'
import type { Recorder } from '../../src/store/recorder.ts'

/** Keeps every input, so that a run can be played back through `step`. */
export class SimRecorder implements Recorder {
  readonly inputs: Input[] = []

  record(input: Parameters<Recorder['record']>[0]): void {
    this.inputs.push(input)
  }

  flush(): void {}

  beforeSpawn(): void {}
}
