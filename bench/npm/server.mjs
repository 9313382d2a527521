// npm `fastmcp`: with BENCH_OAUTH behind its OAuth proxy, with BENCH_STORE its records on disk.
import { FastMCP } from "fastmcp";
import { DiskStore, OAuthProvider, requireAuth } from "fastmcp/auth";
import { z } from "zod";

const env = process.env;
const port = Number(env.BENCH_PORT);
const options = { name: "npm", version: "1.0.0", logger: quiet() };
if (env.BENCH_OAUTH) {
  options.auth = new OAuthProvider({
    allowedRedirectUriPatterns: ["http://localhost:*", "http://127.0.0.1:*"],
    authorizationEndpoint: env.OAUTH_AUTHORIZATION_ENDPOINT,
    tokenEndpoint: env.OAUTH_TOKEN_ENDPOINT,
    baseUrl: `http://localhost:${port}`,
    clientId: env.OAUTH_CLIENT_ID,
    clientSecret: env.OAUTH_CLIENT_SECRET,
    scopes: ["openid"],
    tokenStorage: env.BENCH_STORE
      ? new DiskStore({ directory: env.BENCH_STORE })
      : undefined,
  });
}
const server = new FastMCP(options);
const access = env.BENCH_OAUTH ? { canAccess: requireAuth } : {};

if (env.BENCH_TOOLS) {
  const parameters = z.object({
    id: z.number().int().min(0).describe("Which one."),
    text: z.string().nullish().describe("What to look for."),
  });
  for (let number = 0; number < Number(env.BENCH_TOOLS); number++) {
    server.addTool({
      name: `tool_${String(number).padStart(3, "0")}`,
      description: "One tool of many, with a description of the usual length.",
      parameters,
      annotations: { readOnlyHint: true },
      execute: async ({ id, text }) => `${id} ${text}`,
    });
  }
} else {
  server.addTool({
    name: "echo",
    description: "Repeat a text.",
    parameters: z.object({ text: z.string() }),
    annotations: { readOnlyHint: true },
    ...access,
    execute: async ({ text }) => text,
  });
  server.addTool({
    name: "steps",
    description: "Tell how it goes, ten times.",
    parameters: z.object({}),
    annotations: { readOnlyHint: true },
    execute: async (_, { reportProgress }) => {
      for (let step = 1; step <= 10; step++) {
        await reportProgress({ progress: step / 10, total: 1, message: "on the way" });
      }
      return "done";
    },
  });
}

await server.start({
  transportType: "httpStream",
  httpStream: {
    host: "127.0.0.1",
    port,
    endpoint: "/mcp",
    stateless: !env.BENCH_SESSIONS,
    enableJsonResponse: !env.BENCH_EVENTS,
  },
});

function quiet() {
  const nothing = () => {};
  return { debug: nothing, error: console.error, info: nothing, log: nothing, warn: nothing };
}
