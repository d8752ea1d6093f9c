using Discovery.KeyValue;
using Discovery.Sessions;
using Microsoft.Extensions.Logging;

namespace Discovery.Locks;

/// <summary>What locks are made of.</summary>
internal sealed record LockParts(
    KeyValueModule Module,
    StateMachine State,
    CommandClient Client,
    ISessions Sessions,
    NodeRuntime Runtime,
    SessionIdentity Identity,
    NodeLifetime Lifetime,
    ILogger Logger);
