/** What `meshsim init` writes: a scenario that runs at once, and what to do with it next. */

/** @param schema - where editors find the JSON Schema, relative to the scenario */
export const starterScenario = (
  schema: string,
): string => `# yaml-language-server: $schema=${schema}
# What it shows: a shop of three services, with a sidecar in each pod, and one rolling update.
# What to look at: what the sidecars add to a request, and how long the update takes to reach every proxy.
name: shop
topology:
  hosts: { count: 3, cores: 8 }
  namespaces:
    - name: shop
      services:
        - name: web
          replicas: 2
          response: 4KiB
          script:
            - work: { exponential: { mean: 2ms } }
            - parallel:
                - call: { service: cart, request: 300B }
                - call: { service: catalogue }
        - name: cart
          replicas: 2
          response: 500B
          script:
            - work: { exponential: { mean: 1ms } }
        - name: catalogue
          replicas: 3
          response: 2KiB
          script:
            - work: { exponential: { mean: 1500us } }
mesh:
  # none, sidecar, ambient, ambient-waypoint …: meshsim explain mesh.mode
  mode: sidecar
load:
  - { name: users, to: shop/web, rate: 200/s }
churn:
  - { kind: rollingUpdate, service: shop/catalogue, at: 12s }
istio: { release: '1.26' }
measure: { warmup: 5s, window: 20s, reps: 3 }
thresholds:
  - latency.p99 < 50ms
`;

export const starterReadme = `# A first mesh

\`scenario.yml\` is a shop of three services. Everything in it may be changed; \`meshsim explain load[0].rate\` says what a
field is.

\`\`\`sh
meshsim run scenario.yml
meshsim run scenario.yml --set mesh.mode=ambient
meshsim run scenario.yml --set 'load[0].rate=500/s' --threshold 'overhead.p99 < 5ms'
\`\`\`
`;
