/**
 * What a run carries of its transcript and its prompt: references, counts, and where the prompt is warm.
 *
 * @module
 */

/** The first `length` messages of a lineage. */
export interface TranscriptRef {
  readonly lineage: string
  readonly length: number
}

/**
 * What of a transcript stands in a prompt; the transcript itself stays whole. A view is a few numbers and a reference: what it
 * leaves out is looked up where the call is made.
 */
export interface PromptView {
  /** The step whose call was the first with this view, and how it came about. */
  readonly since: number
  readonly by: 'clearing' | 'compaction'
  /** A note stands in place of each long tool result at a position before this one. */
  readonly clearedBefore: number
  readonly compacted?: Compacted
}

/** The messages from `head` until `until` are out of the prompt; in their place stands the answer that ends `summary`. */
export interface Compacted {
  readonly head: number
  readonly until: number
  readonly summary: TranscriptRef
  /** Its model came to its output limit: the summary lacks its end, and the prompt says so. */
  readonly cut?: true
}

/** A step whose tool results stand in the prompt as they are. */
export interface WholeStep {
  /** The position of the answer that asked for the tools; their results follow it. */
  readonly answer: number
  /** Estimated tokens of the results that can be cleared. */
  readonly results: number
  /** Tokens of everything else that the step added. */
  readonly others: number
  /** Tokens of the steps behind it that have no such results, up to the next that has. Absent: there are none. */
  readonly behind?: number
}

/** What an agent's loop counts of its prompt; small, for it travels with each continue-as-new and with a fork. */
export interface PromptState {
  readonly view?: PromptView
  /** Messages before the first answer. They stay in every view: they say what the run is about. */
  readonly head: number
  readonly headTokens: number
  /** Tokens of the prompt and its last answer: exact if the vendor told, an estimate right after the view has changed. */
  readonly tokens: number
  /** Oldest first. */
  readonly whole: readonly WholeStep[]
  readonly clearings: number
  readonly compactions: number
  /** Set when the class that sums up gave no answer: it is not asked again in this part. */
  readonly compactionFailed?: boolean
}

/**
 * What routing remembers within a run. `draw` in [0, 1) is drawn once per run, so that a weighted choice stays where
 * the cache is warm; `known` is the exact prompt of the last answer, from which the next estimate starts.
 */
export interface RoutingMemory {
  readonly draw: number
  readonly known?: KnownPrompt
}

/** What is known of a transcript from its last answer. Small, for each answer carries it in history. */
export interface KnownPrompt {
  readonly endpoint: string
  /** Tokens of the prompt and the answer, as that endpoint has counted them. */
  readonly promptTokens: number
  /** How many messages these are. */
  readonly length: number
  /** Answers on this transcript so far. */
  readonly calls?: number
  /** How many tokens the last call has added to it. */
  readonly grownTokens?: number
  /** The usual time from one answer to the next, newest weighing most. */
  readonly gapMs?: number
  /** The endpoints whose caches hold its beginning, the last used first. */
  readonly warm?: readonly WarmPrefix[]
  /** The key under which some vendors cache it. Absent: the tree's own. A fork has that of the run that it left. */
  readonly cacheKey?: string
  /**
   * A digest of what goes out beside the messages and changes what the vendor counts and caches: the tools that were offered, the
   * reasoning that was asked for and the providers' own options. At most 8 characters. Absent: nobody noted it, and it is taken for
   * the same.
   */
  readonly beside?: string
  /** Set if all of this comes from the run that this one was forked from, because nothing is answered in this one yet. */
  readonly forked?: true
}

/** An endpoint that holds a transcript's first `tokens` tokens in its cache, last used at `atMs`. */
export interface WarmPrefix {
  readonly endpoint: string
  readonly tokens: number
  readonly atMs: number
}
