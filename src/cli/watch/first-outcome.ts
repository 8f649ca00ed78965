/**
 * What is told of a run right after its start.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { Outcome } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { Beginning } from '../../runtime/inspect/beginning.ts'
import type { RunHandle } from '../../runtime/runs/run-handle.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from './exit-code.ts'
import { noteFailures } from './note-failures.ts'

export interface StartedFlags {
  readonly watch?: boolean
  readonly json?: boolean
}

export interface Started {
  readonly run: RunHandle
  /** There was a run of this id before, and this is it. */
  readonly wasThere?: boolean
}

/** What was told of it at first. */
export interface FirstTold {
  readonly outcome?: Outcome
  /** Why nobody has taken it up. */
  readonly noted?: string
}

/**
 * Says so when nobody serves the run, and waits for its end where that is asked for. Otherwise its end is told only if it had ended
 * before this start, or ended before it began its work, as one that is refused.
 */
export async function firstOutcome(
  signalbox: Signalbox,
  { run, wasThere }: Started,
  { watch, json }: StartedFlags,
  terminal: Terminal,
): Promise<FirstTold> {
  const begun = await begunAs(signalbox, run.id, wasThere)
  const noted = begun.kind === 'unseen' ? await unseenWords(signalbox, run.id) : undefined
  if (noted !== undefined) terminal.note(`note: ${noted}`)
  const outcome =
    begun.kind === 'ended'
      ? begun.outcome
      : watch && json
        ? await outcomeOf(signalbox, run, noted, terminal)
        : undefined
  if (outcome) terminal.end(exitCodeOf(outcome.kind))
  return definedOnly({ outcome, noted })
}

async function begunAs(signalbox: Signalbox, id: string, wasThere = false): Promise<Beginning> {
  const { beginningOf, endedOutcome } = await import('../../runtime/inspect/beginning.ts')
  const outcome = wasThere ? await endedOutcome(signalbox, id) : undefined
  return outcome ? { kind: 'ended', outcome } : beginningOf(signalbox, id)
}

/** Says what fails meanwhile: nothing else is printed before the end. */
function outcomeOf(signalbox: Signalbox, run: RunHandle, noted: string | undefined, terminal: Terminal) {
  const looks = noteFailures(signalbox, run.id, terminal, { noted })
  return Promise.race([run.outcome(), looks.failed]).finally(looks.end)
}

/** A worker whose code throws has taken it up, and given it back. */
async function unseenWords({ client }: Signalbox, id: string): Promise<string> {
  const [{ failingOf }, { untakenWords }, { whoServes }] = await Promise.all([
    import('../../runtime/hearing/failing.ts'),
    import('../../runtime/hearing/hindrances.ts'),
    import('../../runtime/temporal/who-serves.ts'),
  ])
  const failing = await failingOf(client, id)
  if (failing) return failing.words
  return untakenWords(await whoServes(client, client.workflow.getHandle(id)))
}
