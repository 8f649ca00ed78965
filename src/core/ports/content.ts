/**
 * What runs have said and read, and the keys under which it lies.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import type { PromptView, RunRef, TranscriptRef } from '../protocol.ts'
import type { WorkflowPlace } from '../sealing.ts'

/** The seals of runs under zero data retention. */
export interface SealPort {
  /** Whether a run's tree has a key, so that its content is sealed. Throws when that key is out of reach. */
  isSealed(runId: string): Promise<boolean>
  /** A digest of a sealed run's words under its key, in hex: nobody without the key can try words against it. */
  digest(runId: string, text: string): Promise<string>
}

/** What the models of a run were told and have said. */
export interface TranscriptPort {
  /**
   * The messages of a lineage from 0 to `length`, across its parents, or what a view leaves of them. Throws `LostContent` when
   * one is missing or damaged.
   *
   * @param reader - The run that goes on from it. One that is not sealed is given nothing that is sealed: `LostContent` is thrown.
   * Absent: the reader has the keys itself.
   */
  read(
    transcript: TranscriptRef,
    view?: PromptView,
    reader?: Pick<RunRef, 'id' | 'sealed'>,
  ): Promise<readonly Message[]>
}

/** Long texts of people, which a client writes for a run before it tells the run of them. */
export interface TextPort {
  /**
   * Keeps a text for a run that may not have begun, sealed where the run's tree has a key, and gives its digest. Once, however
   * often it is tried.
   */
  keep(run: WorkflowPlace, text: string, atMs: number): Promise<string>
  /** A text that was kept for this run; from then on it is the run's own. Throws `LostContent` when there is none, or a changed one. */
  take(run: Pick<RunRef, 'id' | 'key'>, digest: string): Promise<string>
}
