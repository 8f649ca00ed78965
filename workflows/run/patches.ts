/**
 * The markers that workflows leave in history with `patched()`. A history without a marker was written by an older worker, and
 * goes on as that one would have: each sentence here says how.
 *
 * The words never change, or the histories that have them would not replay. New ones begin with `signalbox.`, by which people are told
 * that a newer version is needed. Types alone: a constant for each would make the bundle of every workflow larger.
 *
 * What an activity newly gives is no marker. While workers are exchanged, an older one's workflow may have got it, and has ignored it:
 * where something else is scheduled because of it, ask for a marker too.
 *
 * A marker goes in two steps, each in a release of its own, whose changelog names the oldest version from which one may come:
 *
 * 1. Once no part is left that was begun by a version without it: `deprecatePatch()` takes the place of `patched()`, and the other way
 *    is deleted, with the recorded histories that take it.
 * 2. Once no part is left that was begun before that release: `deprecatePatch()` goes too, with the line here.
 *
 * A part is left as long as it is open, be it for months while it waits for people, and as long as Temporal keeps it after its end:
 * it is replayed to answer a query, and can be reset.
 *
 * @module
 */

/** Write `patched('signalbox.said' satisfies Patch)`. */
export type Patch = keyof Patches

export interface Patches {
  /** Without it, a verb that was interrupted while it opened the run leaves the run unopened: each later verb fails like the first. */
  'open-after-interruption': true
  /** Without it, verbs that wait for an opening fail when the verb that began it is interrupted. */
  'open-for-others': true
  /** Without it, a part takes over whatever its terms carry, also what another run has carried. */
  'carried-by-this-run': true
  /** Without it, a run that was started without a brief, under a name that no agent has, ends as refused. */
  'signalbox.left-to-others': true
  /** Without it, a workflow of one's own gets its input unchecked, whatever schema its app has for it. */
  'signalbox.hold-input': true
  /**
   * Without it, a verb ignores options that it does not have, and takes settings, labels and messages that are not valid as they are.
   * The markers below that begin with `refuse-lost`, and `refuse-unwritable` and `refuse-whole-brief`, refuse only beside this one.
   */
  'refuse-unknown-options': true
  /**
   * Without it, a call or a child is asked with labels that are too long, with a budget that is too long, or with settings of which
   * JSON has lost a function or a symbol.
   */
  'signalbox.refuse-lost-in-json': true
  /** Without it, any other value that JSON loses something of is passed on as JSON has left it. */
  'signalbox.refuse-lost-value': true
  /** Without it, a call is scheduled although its policy, provider options or schema cannot be written. */
  'signalbox.refuse-unwritable': true
  /** Without it, a run to whose `openRun` the whole brief was given goes on without the terms in it. */
  'signalbox.refuse-whole-brief': true
  /** Without it, an agent is asked with an input of any length. */
  'signalbox.refuse-long-words': true
  /** Without it, an agent inside of a workflow refuses what is neither a text nor parts. */
  'signalbox.agent-takes-json': true
  /** Without it, what people say to a run is not put on record. */
  'signalbox.said': true
  /** Without it, a tool that was cancelled alone, and cannot say so itself, counts as under way until the run ends. */
  'signalbox.told-cancelled': true
  /** Without it, a call that was cancelled alone while it waited keeps its places in line until it is overdue there. */
  'signalbox.gives-up-call': true
  /** Without it, a call that is not to go on while it waits for a batch leaves the batch to its vendor until the run ends. */
  'signalbox.withdraws-batch': true
  /** Without it, a verb that was cancelled while its worker was lost fails with what Temporal says of that. */
  'signalbox.lost-is-interrupted': true
  /** Without it, the failure of an agent's turn has no conversation: a workflow that goes on only with one ends. */
  'signalbox.conversation-of-failed': true
  /** Without it, the events do not tell of an agent's turn that failed without a call of a model, as at the agent's own limit of steps. */
  'signalbox.told-unanswered': true
  /** Without it, a conversation is refused to any agent but the one that had it. */
  'signalbox.handed-over': true
  /** Without it, a question stays open when all that asked it are cancelled. */
  'signalbox.withdrawn': true
  /** Without it, questions of an agent that is told to stop stay open until its end. */
  'signalbox.withdrawn-by-stop': true
  /** Without it, a question of the workflow itself stays open when the run is told to stop. */
  'signalbox.question-withdrawn-by-stop': true
  /** Without it, a run ends without waiting for its children. */
  'signalbox.children-underway': true
  /** Without it, a run that was reset does not cancel the children that it had before. */
  'signalbox.cancelled-by-id': true
  /** Without it, a run that was reset counts raises of its budget from those that it remembers, also where a run below knows of more. */
  'signalbox.raises-counted-anew': true
  /**
   * Without it, and without the one above in the handler itself, a run does not hear of a raise by a run above that was reset, if it had
   * heard of as many before.
   */
  'signalbox.raises-heard-anew': true
  /** Without it, a raise that comes after a run was cancelled fails, also if the run waits for it. */
  'signalbox.raised-after-all': true
  /** Without it, `run.close` itself writes the end down, whatever its workflow does then, and one that returns without it writes none. */
  'signalbox.ends-with-workflow': true
  /** Without it, a run that ends before its part has opened it is not closed in the store, which may not have it at all. */
  'signalbox.opens-to-end': true
}
