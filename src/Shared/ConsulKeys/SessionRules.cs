using System.Globalization;
using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>Makes creations of sessions out of bodies, with Consul's rules in Consul's order. Pure.</summary>
internal static class SessionRules
{
    private const long NanosecondsPerTick = 100;
    private const int LeaseTimesToLive = 2;

    public static SessionCreation ToCreation(SessionBody body, SessionLimitOptions limits)
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
        var delay = new TimeSpan(Math.Max(0, body.LockDelay) / NanosecondsPerTick);
        return new SessionCreation
        {
            Name = body.Name,
            Node = body.Node,
            Behavior = behavior,
            TimeToLive = body.TimeToLive,
            Lease = LeaseTimesToLive * ReadTimeToLive(body.TimeToLive, limits),
            LockDelay = delay < limits.LockDelayMax ? delay : limits.LockDelayMax,
            NodeChecks = body.NodeChecks ?? [],
            ServiceChecks = body.ServiceChecks?.Select(static check => check?.Id ?? "").ToArray(),
            Checks = body.Checks ?? [],

            // Who speaks Consul's API keeps his own count, and knows that a session outlives its time to live.
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

    private static TimeSpan ReadTimeToLive(string text, SessionLimitOptions limits)
    {
        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (!GoDuration.TryParseNanoseconds(text, out long nanoseconds))
        {
            throw Refused($"Session TTL '{text}' invalid: {GoDurationField.Trouble(text)}");
        }

        if (nanoseconds != 0 && (nanoseconds < limits.TtlMin.Ticks * NanosecondsPerTick
            || nanoseconds > limits.TtlMax.Ticks * NanosecondsPerTick))
        {
            string range = $"{GoDuration.Format(limits.TtlMin)}={GoDuration.Format(limits.TtlMax)}";
            throw Refused(string.Create(
                CultureInfo.InvariantCulture, $"Invalid Session TTL '{nanoseconds}', must be between [{range}]"));
        }

        return new TimeSpan(nanoseconds / NanosecondsPerTick);
    }

    private static ApiException Refused(string text) => new(500, text);
}
