import type { Command } from 'commander'
import { countOf } from '../../core/words/count-of.ts'
import { EXIT } from '../exit-codes.ts'
import { DEFAULT_CONFIG } from '../parse/serving-options.ts'
import { gather, usd } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { isAllRight, liveJson, liveWords, planNotes } from '../print/live-check.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

/** What `--live` may cost without being told that it may cost more. */
const MOST_USD = '0.25'

interface CheckFlags {
  readonly config?: string
  readonly live?: boolean
  readonly only?: readonly string[]
  readonly all?: boolean
  readonly unpriced?: boolean
  readonly maxUsd?: string
  readonly json?: boolean
}

export function addConfig(program: Command, terminal: Terminal): void {
  program
    .command('config')
    .description('check the configuration')
    .command('check')
    .description('summarise a configuration, or list everything that is wrong with it')
    .argument('[path]', `the configuration (default: ${DEFAULT_CONFIG})`)
    .option('--config <path>', 'the same, as with other commands')
    .option(
      '--live',
      "ask the endpoints of the classes' models a few tiny questions, at their price, and have the app's MCP servers list their tools",
    )
    .option(
      '--only <name>',
      'with --live: ask this endpoint or provider alone, and no MCP server; may be repeated',
      gather,
    )
    .option('--all', 'with --live: ask every endpoint of the configuration')
    .option('--max-usd <amount>', `with --live: ask nobody if it may cost more than this (default: ${MOST_USD})`, usd)
    .option('--unpriced', 'with --live: also ask endpoints without a known price, which --max-usd does not count')
    .option('--json', 'print one JSON object')
    .action((path: string | undefined, flags: CheckFlags) => check(pathOf(path, flags), flags, terminal))
}

function pathOf(path: string | undefined, { config }: CheckFlags): string {
  if (path === undefined || config === undefined) return path ?? config ?? DEFAULT_CONFIG
  throw new CliProblem(EXIT.badInput, `one configuration is checked at a time: leave out ${path} or --config`)
}

async function check(path: string, flags: CheckFlags, terminal: Terminal): Promise<void> {
  if (flags.live) return checkLive(path, flags, terminal)
  refuseOthers(flags)
  const { checkConfiguration } = await import('../../runtime/check-configuration.ts')
  const checked = await besideOutput(() => checkConfiguration(path, terminal.env))
  if (!checked.ok) terminal.end(EXIT.badInput)
  const { words, ...found } = checked
  if (flags.json) printJson(terminal, found)
  else if (checked.ok) terminal.print(`${path} is right\n${words}`)
  else terminal.note(words)
  // An app may keep connections open from its first line on, which a worker wants and a check does not.
  terminal.leave()
}

/** Refuses options that mean something with --live alone: accepted, they would seem to have had an effect. */
function refuseOthers({ only, all, unpriced, maxUsd }: CheckFlags): void {
  const given = [only && '--only', all && '--all', maxUsd !== undefined && '--max-usd', unpriced && '--unpriced']
  const words = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    given.filter(word => typeof word === 'string'),
  )
  if (words === '') return
  throw new CliProblem(EXIT.badInput, `nobody is asked without --live: add it, or leave out ${words}`)
}

/** What an app says while it is loaded goes to standard error: standard output is the command's own. */
async function besideOutput<Result>(work: () => Promise<Result>): Promise<Result> {
  const { write } = process.stdout
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write
  try {
    return await work()
  } finally {
    process.stdout.write = write
  }
}

async function checkLive(path: string, flags: CheckFlags, terminal: Terminal): Promise<void> {
  const { only, all, unpriced, maxUsd = MOST_USD, json } = flags
  const [{ planLive }, { checkLive: ask, spentOn }, { checkServers }, { loadConfiguration }, { appAt }] =
    await Promise.all([
      import('../../runtime/live-check/plan-live.ts'),
      import('../../runtime/live-check/check-live.ts'),
      import('../../runtime/live-check/check-servers.ts'),
      import('../../runtime/configuration/configuration.ts'),
      import('../../runtime/app/load-app.ts'),
    ])
  const configuration = await loadConfiguration(path, terminal.env)
  const plan = planLive(configuration, { ...(only && { only }), ...(all && { all }), ...(unpriced && { unpriced }) })
  if (plan.endpoints.length + plan.refused.length === 0)
    throw new CliProblem(EXIT.badInput, `${path} has no endpoint to ask; correct --only, or look at \`config check\``)
  const app = only ? {} : await besideOutput(() => appAt(configuration.app))
  const price = `${countOf(plan.endpoints.length, 'endpoint')}, ${countOf(plan.questions, 'question')}: at most $${plan.atMostUsd}`
  if (Number(plan.atMostUsd) > Number(maxUsd))
    throw new CliProblem(EXIT.badInput, `${price}, which is more than --max-usd ${maxUsd}; nobody was asked`)
  terminal.note(price)
  for (const note of planNotes(plan)) terminal.note(note)
  const [results, servers] = await Promise.all([
    ask(configuration, plan, terminal.env),
    checkServers(app, terminal.env),
  ])
  const check = { results, ...servers, spending: spentOn(results, plan), disabled: configuration.disabled }
  if (!isAllRight(check)) terminal.end(EXIT.checkFailed)
  if (json) printJson(terminal, liveJson(plan, check))
  else terminal.print(liveWords(check, terminal.columns))
  terminal.leave()
}
