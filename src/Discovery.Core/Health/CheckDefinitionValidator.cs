using Discovery.Health;

namespace Discovery;

/// <summary>Says everything that is wrong with a check definition.</summary>
public static class CheckDefinitionValidator
{
    private const string ScriptsDisabled =
        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";

    /// <summary>The least <see cref="CheckDefinition.DeregisterCriticalServiceAfter"/>.</summary>
    public static TimeSpan DeregisterMinimum { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks a definition.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="options">The node's options: whether scripts are allowed; null leaves that question open.</param>
    /// <returns>All failures, Consul's own rules first; empty when the definition is good.</returns>
    public static IReadOnlyList<CheckDefinitionFailure> Validate(CheckDefinition definition, HealthOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var failures = new List<CheckDefinitionFailure>();
        AddConsulRules(definition, failures);
        AddNumbers(definition, failures);
        AddTargets(definition, failures);
        AddHeaders(definition, failures);
        if (definition.Kind == CheckKind.Script && options is { EnableScriptChecks: false })
        {
            failures.Add(new(nameof(definition.Args), ScriptsDisabled));
        }

        return failures;
    }

    internal static string DisabledText => ScriptsDisabled;

    private static void AddConsulRules(CheckDefinition d, List<CheckDefinitionFailure> failures)
    {
        bool interval = d.Interval > TimeSpan.Zero;
        bool ttl = d.Ttl > TimeSpan.Zero;
        bool alias = d is { AliasNode.Length: > 0 } or { AliasService.Length: > 0 };
        bool probed = d.Probe is not null || d.Args is { Count: > 0 } || d is { Http.Length: > 0 } or { Tcp.Length: > 0 }
            or { Udp.Length: > 0 } or { Grpc.Length: > 0 } or { H2Ping.Length: > 0 };
        if (interval && ttl)
        {
            failures.Add(new(nameof(d.Interval), "Interval and TTL cannot both be specified"));
        }

        if (probed && !interval)
        {
            failures.Add(new(nameof(d.Interval), "Interval must be > 0 for Script, HTTP, or TCP checks"));
        }

        if (probed && alias)
        {
            failures.Add(new(nameof(d.Interval), "Interval cannot be set for Alias checks"));
        }

        if (alias && ttl)
        {
            failures.Add(new(nameof(d.Ttl), "TTL must be not be set for Alias checks"));
        }

        if (!probed && !alias && !ttl)
        {
            failures.Add(new(nameof(d.Ttl), "TTL must be > 0 for TTL checks"));
        }

        if (d.OutputMaxSize < 0)
        {
            failures.Add(new(nameof(d.OutputMaxSize), "MaxOutputMaxSize must be positive"));
        }

        if (d.FailuresBeforeWarning > Math.Max(d.FailuresBeforeCritical, 1))
        {
            failures.Add(new(nameof(d.FailuresBeforeWarning), "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"));
        }
    }

    private static void AddNumbers(CheckDefinition d, List<CheckDefinitionFailure> failures)
    {
        void NotNegative(bool negative, string field)
        {
            if (negative)
            {
                failures.Add(new(field, $"{field} must not be negative"));
            }
        }

        void Bounded(TimeSpan? value, string field)
        {
            NotNegative(value < TimeSpan.Zero, field);
            if (value > CheckSettings.DurationMax)
            {
                failures.Add(new(field, $"{field} must be at most {CheckSettings.DurationMax.TotalDays} days"));
            }
        }

        Bounded(d.Interval, nameof(d.Interval));
        Bounded(d.Timeout, nameof(d.Timeout));
        Bounded(d.Ttl, nameof(d.Ttl));
        Bounded(d.DeregisterCriticalServiceAfter, nameof(d.DeregisterCriticalServiceAfter));
        NotNegative(d.SuccessBeforePassing < 0, nameof(d.SuccessBeforePassing));
        NotNegative(d.FailuresBeforeWarning < 0, nameof(d.FailuresBeforeWarning));
        NotNegative(d.FailuresBeforeCritical < 0, nameof(d.FailuresBeforeCritical));
        if (d.DeregisterCriticalServiceAfter is { Ticks: > 0 } after && after < DeregisterMinimum)
        {
            failures.Add(new(nameof(d.DeregisterCriticalServiceAfter), "DeregisterCriticalServiceAfter must be at least 1s"));
        }

        if (!Enum.IsDefined(d.Status))
        {
            failures.Add(new(nameof(d.Status), "Status for checks must 'passing', 'warning', 'critical'"));
        }
    }

    private static void AddTargets(CheckDefinition d, List<CheckDefinitionFailure> failures)
    {
        void Target(string? value, string field, string shape)
        {
            if (!string.IsNullOrEmpty(value) && !HostPort.TryParse(value, out _))
            {
                failures.Add(new(field, $"{field} must be {shape} with a port from 1 to 65535, is '{value}'"));
            }
        }

        Target(d.Tcp, nameof(d.Tcp), "host:port");
        Target(d.Udp, nameof(d.Udp), "host:port");
        Target(d.H2Ping, nameof(d.H2Ping), "host:port");
        Target(d.Grpc?.Split('/', 2)[0] is "" ? d.Grpc : d.Grpc?.Split('/', 2)[0], nameof(d.Grpc), "host:port or host:port/service");
        if (!string.IsNullOrEmpty(d.Http) && !(Uri.TryCreate(d.Http, UriKind.Absolute, out Uri? url) && url.Host.Length > 0
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
        {
            failures.Add(new(nameof(d.Http), $"Http must be an absolute http or https URL, is '{d.Http}'"));
        }

        if (d.Args is { Count: > 0 } && (string.IsNullOrEmpty(d.Args[0]) || d.Args.Any(a => a is null || a.Contains('\0'))))
        {
            failures.Add(new(nameof(d.Args), "Args must begin with a program and hold no zero characters"));
        }
    }

    private static void AddHeaders(CheckDefinition d, List<CheckDefinitionFailure> failures)
    {
        if (!string.IsNullOrEmpty(d.Method) && !IsToken(d.Method))
        {
            failures.Add(new(nameof(d.Method), $"Method must be an HTTP token, is '{d.Method}'"));
        }

        IDictionary<string, IList<string>> headers = d.Header ?? new Dictionary<string, IList<string>>();
        foreach ((string name, IList<string>? values) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            if (!IsToken(name))
            {
                failures.Add(new(nameof(d.Header), $"Header name '{name}' is not an HTTP token"));
            }

            if (values is not null && values.Any(v => v is not null && v.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
            {
                failures.Add(new(nameof(d.Header), $"Header '{name}' has a value with a line break"));
            }
        }
    }

    private static bool IsToken(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
