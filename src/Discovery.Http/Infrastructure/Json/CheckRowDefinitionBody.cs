using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CheckRowDefinitionBody
{
    public static readonly new GoShape<CheckRowDefinitionBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.TransactionCheckDefinition,
        IsCustom = true,
        Unknown = UnknownFields.Ignored,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("HTTP", static (ref reader, body) => reader.ReadString(ref body.Http)),
            new("Header", static (ref reader, body) => reader.ReadMap(ref body.Header)),
            new("Method", static (ref reader, body) => reader.ReadString(ref body.Method)),
            new("Body", static (ref reader, body) => reader.ReadString(ref body.Body)),
            new("TLSSkipVerify", static (ref reader, body) => reader.ReadBoolean(ref body.TlsSkipVerify)),
            new("TCP", static (ref reader, body) => reader.ReadString(ref body.Tcp)),
            new("IntervalDuration", static (ref reader, body) => reader.ReadDuration(ref body._interval)),
            new("TimeoutDuration", static (ref reader, body) => reader.ReadDuration(ref body._timeout)),
            new("DeregisterCriticalServiceAfterDuration", static (ref reader, body) => reader.ReadDuration(ref body._deregister)),
            new("Interval", static (ref reader, body) => reader.ReadReadableDuration(ref body._oldInterval)),
            new("Timeout", static (ref reader, body) => reader.ReadReadableDuration(ref body._oldTimeout)),
            new("DeregisterCriticalServiceAfter", static (ref reader, body) => reader.ReadReadableDuration(ref body._oldDeregister)),
        ],
    };

    private GoDurationField _interval;
    private GoDurationField _timeout;
    private GoDurationField _deregister;
    private GoDurationField _oldInterval;
    private GoDurationField _oldTimeout;
    private GoDurationField _oldDeregister;

    // The fields of the old names are there for those that are not given under the new ones.
    private string? Complete() =>
        Take(_oldInterval, ref Interval)
            ?? Take(_oldTimeout, ref Timeout)
            ?? Take(_oldDeregister, ref DeregisterCriticalServiceAfter)
            ?? Take(_interval, ref Interval)
            ?? Take(_timeout, ref Timeout)
            ?? Take(_deregister, ref DeregisterCriticalServiceAfter);

    private static string? Take(GoDurationField field, ref TimeSpan? value)
    {
        string? trouble = field.TryGet(out TimeSpan? given);
        value = given ?? value;
        return trouble;
    }
}
