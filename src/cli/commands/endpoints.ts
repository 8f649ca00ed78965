import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import { DAY_MS } from '../../core/durations.ts'
import { formatUsd } from '../../core/money/pico.ts'
import { type HealthReport, healthReport } from '../../core/routing/health/describe-health.ts'
import type { EndpointReport } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { DEFAULT_CONFIG } from '../parse/serving-options.ts'
import { periodOf } from '../parse/time-span.ts'
import { name, path, time } from '../parse/values.ts'
import { describeEndpoints } from '../print/endpoints.ts'
import { printJson } from '../print/json.ts'
import { noteUnknown } from '../print/list-notes.ts'
import type { Terminal } from '../terminal.ts'

interface EndpointsFlags {
  readonly provider?: string
  readonly model?: string
  readonly class?: string
  readonly since?: number
  readonly until?: number
  readonly config?: string
  readonly json?: boolean
}

export function addEndpoints(program: Command, terminal: Terminal): void {
  program
    .command('endpoints')
    .description('compare endpoints as measured: reliability, speed, and the cost of what was really sent')
    .option('--provider <name>', 'only of this provider', name)
    .option('--model <author/name>', 'only of this model', name)
    .option('--class <name>', 'only the attempts of calls of this task class', name)
    .option(
      '--since <time>',
      'from this time on: a date, or 20m, 2h, 7d before now (default: 24h before the end)',
      time,
    )
    .option('--until <time>', 'before this time (default: now)', time)
    .option(
      '--config <path>',
      `the configuration with whose prices reported costs are compared (default: ${DEFAULT_CONFIG})`,
      path,
    )
    .option('--json', 'print one JSON object')
    .action((flags: EndpointsFlags) => endpoints(flags, terminal))
}

async function endpoints(flags: EndpointsFlags, terminal: Terminal): Promise<void> {
  const nowMs = Date.now()
  const { provider, model, class: taskClass } = flags
  const { fromMs, untilMs } = periodOf(flags, { lengthMs: DAY_MS, nowMs })
  const { listedPrices } = await import('../../runtime/configuration/listed-prices.ts')
  const prices = await listedPrices(flags.config, terminal.env)
  await withRecords(terminal, async ({ reports, health, place }) => {
    const asked = { fromMs, untilMs, prices, ...definedOnly({ provider, model, taskClass }) }
    const measured = await reports.endpoints(asked)
    const states = new Map((await health.exchange([], 0, nowMs)).map(({ endpoint, state }) => [endpoint, state]))
    const rows = measured.map(report => {
      const state = states.get(report.endpoint)
      return { report, ...(state && { health: healthReport(state, nowMs) }) }
    })
    if (rows.length === 0) await noteUnknown(terminal, { reports }, { provider, model, class: taskClass })
    if (flags.json)
      printJson(terminal, { store: place, since: iso(fromMs), until: iso(untilMs), endpoints: rows.map(json) })
    else
      terminal.print(
        rows.length > 0
          ? describeEndpoints(rows, nowMs, terminal.columns)
          : `no endpoint was asked in that time in ${place}`,
      )
  })
}

/** Times as ISO dates, money in USD, shares in [0, 1]; what is not known is left out. */
function json({ report, health }: { readonly report: EndpointReport; readonly health?: HealthReport }) {
  const { picoPerAnswer, picoPerThousandOutput, rateLimited, billed, ...measured } = report
  const { attempts } = report
  const failed = attempts - report.answered - rateLimited
  return {
    ...measured,
    failureShare: attempts === rateLimited ? 0 : failed / (attempts - rateLimited),
    rateLimitedShare: rateLimited / attempts,
    ...(picoPerAnswer !== undefined && { usdPerAnswer: usd(picoPerAnswer) }),
    ...(picoPerThousandOutput !== undefined && { usdPerThousandOutputTokens: usd(picoPerThousandOutput) }),
    ...(billed && {
      billed: { answers: billed.answers, usd: usdOf(billed.pico), listedUsd: usdOf(billed.listedPico) },
    }),
    ...(health && { health: healthJson(health) }),
  }
}

function usdOf(pico: string): string {
  return formatUsd(BigInt(pico))
}

function usd(pico: number): string {
  return formatUsd(BigInt(Math.round(pico)))
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function healthJson({ breaker, closedUntilMs, coolingUntilMs, ejectedUntilMs, learned }: HealthReport) {
  const { requestsPerMinute, tokensPerMinute, concurrency } = learned
  return {
    breaker,
    ...(closedUntilMs !== undefined && { closedUntil: iso(closedUntilMs) }),
    ...(coolingUntilMs !== undefined && { coolingUntil: iso(coolingUntilMs) }),
    ...(ejectedUntilMs !== undefined && { ejectedUntil: iso(ejectedUntilMs) }),
    ...(requestsPerMinute !== undefined && { learnedRequestsPerMinute: Math.round(requestsPerMinute) }),
    ...(tokensPerMinute !== undefined && { learnedTokensPerMinute: Math.round(tokensPerMinute) }),
    ...(concurrency !== undefined && { learnedConcurrency: concurrency }),
  }
}
