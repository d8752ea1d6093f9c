using System.Globalization;
using Discovery.Infrastructure;
using Discovery.Wire;

namespace Discovery.Sessions;

/// <summary>Makes creations of sessions out of bodies, with Consul's rules in Consul's order. Pure.</summary>
internal static class SessionReader
{
    private const long NanosecondsPerTick = 100;
    private const int LeaseTimesToLive = 2;

    public static SessionCreation ToCreation(SessionBody body, HttpApiOptions options)
    {
        if (body.Node.Length == 0)
        {
            throw Refused("Must provide Node");
        }

        SessionBehavior behavior = body.Behavior switch
        {
            "" or "release" => SessionBehavior.Release,
            "delete" => SessionBehavior.Delete,
            _ => throw Refused($"Invalid Behavior setting '{body.Behavior}'"),
        };
        (IReadOnlyList<string> nodeChecks, IReadOnlyList<string> checks) = ReadChecks(body);
        var delay = new TimeSpan(Math.Max(0, body.LockDelay) / NanosecondsPerTick);
        return new SessionCreation
        {
            Name = body.Name,
            Node = body.Node,
            Behavior = behavior,
            TimeToLive = body.TimeToLive,
            Lease = LeaseTimesToLive * ReadTimeToLive(body.TimeToLive, options),
            LockDelay = delay < options.LockDelayMax ? delay : options.LockDelayMax,

            NodeChecks = nodeChecks,
            ServiceChecks = body.ServiceChecks?.Select(static check => check?.Id ?? "").ToArray(),
            Checks = checks,

            // Who speaks HTTP keeps his own count, and knows that a session outlives its time to live.
            IsGuarded = false,
        };
    }

    /// <summary>What Consul says to a session that was not created.</summary>
    public static string TextOf(SessionRefusedException refused) => refused.Refusal switch
    {
        SessionRefusal.NodeUnknown => "Missing node registration",
        SessionRefusal.CheckUnknown => $"Missing check '{refused.Subject}' registration",
        SessionRefusal.CheckCritical => $"Check '{refused.Subject}' is in critical state",
        _ => refused.Message,
    };

    // An empty list under either name means no checks, whatever the other says; the default of the old name is none.
    private static (IReadOnlyList<string> NodeChecks, IReadOnlyList<string> Checks) ReadChecks(SessionBody body) => body switch
    {
        { Checks: null or [] } => ([], []),
        { NodeChecks: null or [] } => ([], []),
        { Checks: ["serfHealth"] } => (body.NodeChecks, []),
        _ => (body.NodeChecks, body.Checks),
    };

    private static TimeSpan ReadTimeToLive(string text, HttpApiOptions options)
    {
        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (!GoDuration.TryParseNanoseconds(text, out long nanoseconds))
        {
            throw Refused($"Session TTL '{text}' invalid: {GoDurationField.Trouble(text)}");
        }

        if (nanoseconds != 0 && (nanoseconds < options.SessionTtlMin.Ticks * NanosecondsPerTick
            || nanoseconds > options.SessionTtlMax.Ticks * NanosecondsPerTick))
        {
            string limits = $"{GoDuration.Format(options.SessionTtlMin)}={GoDuration.Format(options.SessionTtlMax)}";
            throw Refused(string.Create(
                CultureInfo.InvariantCulture, $"Invalid Session TTL '{nanoseconds}', must be between [{limits}]"));
        }

        return new TimeSpan(nanoseconds / NanosecondsPerTick);
    }

    private static ApiException Refused(string text) => new(500, text);
}
