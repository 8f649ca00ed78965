/**
 * The demo's workflow, which no other worker serves: an AI writing tool in one workflow, written on the public surface only. Each piece of work names
 * the class of model that it deserves, and independent pieces run side by side.
 *
 * @module
 */
import type { Brief, Outcome } from '../src/core/protocol.ts'
import { openRun } from './run/open-run.ts'
import type { Run } from './run/run.ts'

export interface Manuscript {
  readonly article: string
  /** A long table that the article draws on. */
  readonly table: string
  /** A document of a customer who allows it only where nothing is kept. */
  readonly confidential: string
}

export interface Edition {
  readonly titles: string
  readonly rewrite: string
  readonly figures: unknown
  readonly blurb: string
  readonly verdict: unknown
  readonly confidentialSummary: string
}

/** Turns a manuscript into an edition: titles, a rewrite, figures, a blurb, a moderation verdict, a private summary. */
export async function writingDesk(brief: Brief<Manuscript>): Promise<Outcome<Edition>> {
  const run = openRun(brief.terms)
  const { article, table, confidential } = brief.input
  const [titles, rewrite, figures, confidentialSummary] = await Promise.all([
    proposeTitles(run, article),
    rewriteArticle(run, article),
    extractFigures(run, article, table),
    summariseConfidential(run, confidential),
  ])
  const [blurb, verdict] = await Promise.all([writeBlurb(run, rewrite), moderate(run, rewrite)])
  return run.close({ titles, rewrite, figures, blurb, verdict, confidentialSummary })
}

async function proposeTitles(run: Run, article: string): Promise<string> {
  const prompt = `Propose five titles for this article, one a line.\n\n${article}`
  const { text } = await run.generate('cheap', { prompt, maxOutputTokens: 300, labels: { feature: 'titles' } })
  return text
}

async function rewriteArticle(run: Run, article: string): Promise<string> {
  const prompt = `Rewrite this article for a general reader. Keep every fact and every figure.\n\n${article}`
  const { text } = await run.generate('strong', { prompt, maxOutputTokens: 6_000, labels: { feature: 'rewrite' } })
  return text
}

async function extractFigures(run: Run, article: string, table: string): Promise<unknown> {
  const prompt = `Extract the figures of this table that bear on the article.\n\n${article}\n\n${table}`
  const labels = { feature: 'extraction' }
  const { value } = await run.generate('long-context', { prompt, schema: 'Extract', maxOutputTokens: 1_500, labels })
  return value
}

async function summariseConfidential(run: Run, confidential: string): Promise<string> {
  const prompt = `Summarise this confidential document in one paragraph.\n\n${confidential}`
  const { text } = await run.generate('zdr', { prompt, maxOutputTokens: 500, labels: { feature: 'enterprise' } })
  return text
}

async function writeBlurb(run: Run, rewrite: string): Promise<string> {
  const prompt = `Write a blurb of two sentences for this article.\n\n${rewrite}`
  const { text } = await run.generate('low-latency', { prompt, maxOutputTokens: 200, labels: { feature: 'blurb' } })
  return text
}

async function moderate(run: Run, rewrite: string): Promise<unknown> {
  const prompt = `Check this article against the house rules and give a verdict.\n\n${rewrite}`
  const labels = { feature: 'moderation' }
  const { value } = await run.generate('moderation', { prompt, schema: 'Verdict', maxOutputTokens: 300, labels })
  return value
}
