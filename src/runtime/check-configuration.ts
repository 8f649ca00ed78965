/**
 * Checks a `signalbox.yaml` and the app that it names, without starting anything. The app's workflows are bundled, as a worker does first.
 *
 * @module
 */
import {
  type Configuration,
  type ConfigurationSummary,
  describeConfiguration,
  describeProblems,
  loadConfigurationFile,
  type Problem,
  summariseConfiguration,
} from '../catalog/index.ts'
import type { App } from './app/app.ts'
import { appProblems } from './app/app-problems.ts'
import { isModule } from './app/is-module.ts'
import { loadApp } from './app/load-app.ts'
import { ConfigurationProblem } from './configuration/configuration-problem.ts'
import { packageNotes } from './configuration/package-notes.ts'
import { inputsOfNone } from './joining/known-inputs.ts'

/** `words` is for people; neither part holds a key. */
export type ConfigurationCheck =
  | { readonly ok: true; readonly summary: ConfigurationSummary; readonly app?: AppSummary; readonly words: string }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly words: string }

/** The names of what a worker would serve: what an app has and does not export is in no other word of a check. */
interface AppSummary {
  readonly path: string
  readonly agents: readonly string[]
  readonly tools: readonly string[]
  readonly schemas: readonly string[]
  readonly mcpServers: readonly string[]
  /** The workflows whose inputs it has schemas for. */
  readonly inputs: readonly string[]
  readonly workflowsPath?: string
}

export async function checkConfiguration(path: string, env: NodeJS.ProcessEnv): Promise<ConfigurationCheck> {
  const read = loadConfigurationFile(path, env)
  if (!read.ok) return failed(read.problems, path)
  const { app, problems } = await checkApp(read.configuration)
  if (problems.length > 0) return failed(problems, path)
  const configuration = {
    ...read.configuration,
    notes: [...read.configuration.notes, ...packageNotes(read.configuration)],
  }
  const words = [describeConfiguration(configuration), ...(app ? [appWords(app)] : [])].join('\n')
  return { ok: true, summary: summariseConfiguration(configuration), ...(app && { app }), words }
}

function failed(problems: readonly Problem[], path: string): ConfigurationCheck {
  return { ok: false, problems, words: describeProblems(problems, path) }
}

interface CheckedApp {
  readonly app?: AppSummary
  readonly problems: readonly Problem[]
}

/** Loaded here and in a worker, not where the file is read: that also happens without the code, as for `explain`. */
async function checkApp(configuration: Configuration): Promise<CheckedApp> {
  const { app: path } = configuration
  if (path === undefined) return { problems: [] }
  const allowed = "the path of an existing module, relative to the configuration's folder"
  if (!isModule(path)) return { problems: [{ path: 'app', message: `there is no module ${path}`, allowed }] }
  try {
    const app = await loadApp(path)
    const problems = [...appProblems(app, configuration), ...(await workflowProblems(app))]
    return { app: summaryOf(path, app), problems: problems.map(message => ({ path: 'app', message })) }
  } catch (error) {
    if (!(error instanceof ConfigurationProblem)) throw error
    return { problems: [{ path: 'app', message: error.message }] }
  }
}

/** A module that is not there is told of with the app. */
async function workflowProblems({ workflowsPath, ...app }: App): Promise<readonly string[]> {
  if (workflowsPath !== undefined && !isModule(workflowsPath)) return []
  const problem =
    workflowsPath === undefined
      ? inputsOfNone(Object.keys(app.inputs ?? {}))
      : await bundleProblemOf(workflowsPath, app)
  return problem === undefined ? [] : [problem]
}

async function bundleProblemOf(workflowsPath: string, app: Pick<App, 'inputs'>): Promise<string | undefined> {
  const { unbundled } = await import('./joining/try-bundle.ts')
  return unbundled(workflowsPath, app)
}

function summaryOf(
  path: string,
  { agents, tools, schemas, mcpServers = {}, inputs = {}, workflowsPath }: App,
): AppSummary {
  return {
    path,
    agents: namesOf(agents),
    tools: namesOf(tools),
    schemas: namesOf(schemas),
    mcpServers: Object.keys(mcpServers),
    inputs: Object.keys(inputs),
    ...(workflowsPath !== undefined && { workflowsPath }),
  }
}

function namesOf(list: readonly { readonly name: string }[] = []): readonly string[] {
  return list.map(({ name }) => name)
}

function appWords({ path, mcpServers, inputs, workflowsPath, agents, tools, schemas }: AppSummary): string {
  const others = { 'MCP servers': mcpServers, workflows: workflowsPath ? [workflowsPath] : [], 'inputs of': inputs }
  const lists = { agents, tools, schemas, ...others }
  const parts = Object.entries(lists).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what} ${names.join(', ')}`],
  )
  return `app ${path}: ${parts.join('; ') || 'nothing in it'}`
}
