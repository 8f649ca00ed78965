/**
 * What a vendor can be asked and told beside its models: its meter, and its faults.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultRule } from './fault-rule.ts'
import { readFaultRules } from './fault-rules.ts'
import { parsed, readBody } from './request-body.ts'

/** What can be asked of a vendor beside its models. */
export interface VendorControl {
  /** Where its models are asked, in words. */
  readonly modelPath: string
  readonly served: readonly string[]
  meter(): unknown
  setFaults(rules: readonly FaultRule[]): Promise<void>
}

interface ControlVisit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly control: VendorControl
}

/** `GET /meter` gives the rows; `POST /faults` with a JSON list of rules replaces the rules. */
export function serveControl({ request, response, path, control }: ControlVisit): void {
  const asked = `${request.method} ${path}`
  if (asked === 'GET /meter') sendJson(response, 200, control.meter())
  else if (asked === 'POST /faults') readBody(request, text => replaceFaults(text, response, control))
  else sendJson(response, 404, { error: { message: nothingAt(asked, control) } })
}

/** Whoever has left the version out of a base URL, or put it there twice, sees it here. */
function nothingAt(asked: string, { modelPath }: VendorControl): string {
  return `Nothing is served at ${asked}. There are POST ${modelPath}, GET /meter and POST /faults.`
}

function replaceFaults(text: string, response: ServerResponse, control: VendorControl): void {
  const read = readFaultRules(parsed(text), control.served)
  if ('problem' in read) {
    sendJson(response, 400, { error: { message: read.problem } })
    return
  }
  // An outage would take its own answer with it, so that one begins once the answer is out.
  const isOutage = read.rules.some(rule => rule.kind === 'down')
  const confirm = () => sendJson(response, 200, { faults: read.rules.length })
  if (!isOutage) return void control.setFaults(read.rules).then(confirm)
  response.on('finish', () => void control.setFaults(read.rules))
  confirm()
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}
