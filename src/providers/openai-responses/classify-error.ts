export { classifyError } from '../openai-compatible/classify-error.ts'
