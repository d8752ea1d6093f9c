namespace Discovery;

/// <summary>
/// What the catalog keeps of how a check is to be run, for whoever runs it: the catalog itself runs nothing (Consul's external monitors
/// read it).
/// </summary>
public sealed record CatalogCheckDefinition
{
    /// <summary>The address that is asked by HTTP, empty when none is.</summary>
    public string Http { get; init; } = "";

    /// <summary>The address that is connected to by TCP, empty when none is.</summary>
    public string Tcp { get; init; } = "";

    /// <summary>The headers of the HTTP request, in ordinal order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Header { get; init; } = [];

    /// <summary>The method of the HTTP request; empty means GET.</summary>
    public string Method { get; init; } = "";

    /// <summary>The body of the HTTP request.</summary>
    public string Body { get; init; } = "";

    /// <summary>Whether the certificate of the server is not verified.</summary>
    public bool TlsSkipVerify { get; init; }

    /// <summary>How often the check is run; zero when not given.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>How long one run may take; zero when not given.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How long the check is critical before its service is taken out; zero for never.</summary>
    public TimeSpan DeregisterCriticalServiceAfter { get; init; }

    /// <summary>Says whether another definition says the same.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(CatalogCheckDefinition? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || Http != other.Http || Tcp != other.Tcp || Method != other.Method || Body != other.Body
            || TlsSkipVerify != other.TlsSkipVerify || Interval != other.Interval || Timeout != other.Timeout
            || DeregisterCriticalServiceAfter != other.DeregisterCriticalServiceAfter || Header.Count != other.Header.Count)
        {
            return false;
        }

        for (int i = 0; i < Header.Count; i++)
        {
            if (Header[i].Key != other.Header[i].Key || !Header[i].Value.SequenceEqual(other.Header[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Http, Tcp, Method, Interval, Timeout, Header.Count);
}
