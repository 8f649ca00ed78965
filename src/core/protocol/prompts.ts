/**
 * What a run knows of its transcript and its prompt: references, counts, and which vendors have the prompt cached.
 *
 * @module
 */

/** The first `length` messages of a lineage. */
export interface TranscriptRef {
  readonly lineage: string
  readonly length: number
}

/**
 * Which part of a transcript is in the prompt. The transcript itself stays whole. A view is only a few numbers and a reference: the
 * activity of the call applies it.
 */
export interface PromptView {
  /** The step whose call was the first with this view. */
  readonly since: number
  /** How the view came about. */
  readonly by: 'clearing' | 'compaction'
  /** Long tool results at positions before this one are replaced with a note. */
  readonly clearedBefore: number
  readonly compacted?: Compacted
}

/** The messages at positions from `head` to before `until` are replaced with the answer that ends the transcript `summary`. */
export interface Compacted {
  readonly head: number
  readonly until: number
  readonly summary: TranscriptRef
  /** Set if the summary ended at its output limit, so that its end is missing. The prompt says so. */
  readonly cut?: true
}

/** A step whose tool results are in the prompt as they are. */
export interface WholeStep {
  /** The position of the answer that asked for the tools; their results follow it. */
  readonly answer: number
  /** Estimated tokens of the results that can be cleared. */
  readonly results: number
  /** Tokens of everything else that the step added. */
  readonly others: number
  /** Tokens of the following steps without such results, up to the next step that has some. Absent: none. */
  readonly behind?: number
}

/** What an agent's loop knows of its prompt. It is small, because each continue-as-new and each fork carries it. */
export interface PromptState {
  readonly view?: PromptView
  /** The number of messages before the first answer. They stay in every view, because they say what the run is about. */
  readonly head: number
  readonly headTokens: number
  /** Tokens of the prompt and its last answer: exact if the vendor reported them, an estimate right after the view has changed. */
  readonly tokens: number
  /** Oldest first. */
  readonly whole: readonly WholeStep[]
  readonly clearings: number
  readonly compactions: number
  /** Set if a summary failed. None is tried again in this part of the run. */
  readonly compactionFailed?: boolean
}

/** What routing remembers within a run. */
export interface RoutingMemory {
  /** A number in [0, 1), drawn once per run, so that weighted choices stay where the cache is warm. */
  readonly draw: number
  /** The exact prompt of the last answer, from which the next estimate starts. */
  readonly known?: KnownPrompt
}

/** What is known of a transcript since its last answer. It is small, because each answer in history has it. */
export interface KnownPrompt {
  /** The endpoint that gave the answer. */
  readonly endpoint: string
  /** Tokens of the prompt and the answer, as that endpoint counted them. */
  readonly promptTokens: number
  /** How many messages that is. */
  readonly length: number
  /** Answers on this transcript so far. */
  readonly calls?: number
  /** How many tokens the last call added to it. */
  readonly grownTokens?: number
  /** The usual time from one answer to the next: an average in which the newest weighs most. */
  readonly gapMs?: number
  /** The endpoints whose caches have its beginning, the last used first. */
  readonly warm?: readonly WarmPrefix[]
  /** The key under which some vendors cache it. Absent: the tree's own. A fork has the key of the run that it was forked from. */
  readonly cacheKey?: string
  /**
   * A digest of what is sent beside the messages and changes what the vendor counts and caches: the offered tools, the reasoning setting
   * and the providers' own options. At most 8 characters. If absent, it is unknown and assumed to be the same.
   */
  readonly beside?: string
  /** Set if all of this comes from the run that this one was forked from, because this one has no answer yet. */
  readonly forked?: true
}

/** An endpoint that has a transcript's first `tokens` tokens in its cache, last used at `atMs`. */
export interface WarmPrefix {
  readonly endpoint: string
  readonly tokens: number
  readonly atMs: number
}
