/**
 * The content of runs: transcripts, long texts, and the keys of sealed runs.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import type { PromptView, RunName, RunRef, TranscriptRef } from '../protocol.ts'
import type { WorkflowPlace } from '../sealing.ts'

/** The seals of runs under zero data retention. */
export interface SealPort {
  /** Whether a run's tree has a key, so that its content is sealed. @throws SealProblem if the key cannot be used now */
  isSealed(runId: string): Promise<boolean>
  /** A digest of a sealed run's text with its key, in hex. Without the key nobody can test guesses against it. */
  digest(runId: string, text: string): Promise<string>
}

/** The transcripts of runs: what their models were told and have said. */
export interface TranscriptPort {
  /**
   * The first `length` messages of a lineage, including those that it shares with its parents; or what a view leaves of them.
   *
   * @param reader - The run that reads, if one does. A run that is not sealed cannot read a sealed transcript.
   * @throws LostContent if a message is missing or damaged, or may not be read.
   */
  read(
    transcript: TranscriptRef,
    view?: PromptView,
    reader?: Pick<RunRef, 'id' | 'sealed'>,
  ): Promise<readonly Message[]>
}

/** Long texts of people. A client stores them for a run, and sends the run only their digest. */
export interface TextPort {
  /** Stores a text for a run, which may not have begun yet, and returns its digest. Encrypted if the run's tree has a key. Idempotent. */
  keep(run: WorkflowPlace, text: string, atMs: number): Promise<string>
  /** Reads a text that was stored for this run, which owns it from then on. @throws LostContent if it is missing or was changed */
  take(run: RunName, digest: string): Promise<string>
}
