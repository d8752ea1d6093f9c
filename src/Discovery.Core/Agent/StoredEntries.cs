using System.Text.Json;
using System.Text.Json.Serialization;

namespace Discovery.Agent;

/// <summary>A service in the data directory, with the checks that came with its registration.</summary>
internal sealed record StoredService
{
    public required ServiceRegistration Registration { get; init; }

    public NameRule NameRule { get; init; }

    public string? Token { get; init; }

    [JsonIgnore]
    public string Id => Registration.Id!;
}

/// <summary>A check in the data directory that was registered on its own, or a maintenance check.</summary>
internal sealed record StoredCheck
{
    public required string CheckId { get; init; }

    /// <summary>The instance it checks, empty for the node.</summary>
    public string ServiceId { get; init; } = "";

    /// <summary>Null for a maintenance check.</summary>
    public CheckDefinition? Definition { get; init; }

    /// <summary>The reason of the maintenance.</summary>
    public string Notes { get; init; } = "";

    public string? Token { get; init; }
}

/// <summary>The word of the owner of a TTL check.</summary>
internal sealed record StoredState
{
    public required string CheckId { get; init; }

    public string ServiceId { get; init; } = "";

    public CheckStatus Status { get; init; }

    public string Output { get; init; } = "";

    /// <summary>The time of day after which it no longer counts.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The JSON of the stored entries.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredService))]
[JsonSerializable(typeof(StoredCheck))]
[JsonSerializable(typeof(StoredState))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    public static byte[] Write(StoredService service) => JsonSerializer.SerializeToUtf8Bytes(service, Default.StoredService);

    public static byte[] Write(StoredCheck check) => JsonSerializer.SerializeToUtf8Bytes(check, Default.StoredCheck);

    public static byte[] Write(StoredState state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.StoredState);

    public static StoredService? ReadService(byte[] json) =>
        TryRead(() => JsonSerializer.Deserialize(json, Default.StoredService)) is { Registration.Id.Length: > 0 } read ? read : null;

    public static StoredCheck? ReadCheck(byte[] json) => TryRead(() => JsonSerializer.Deserialize(json, Default.StoredCheck));

    public static StoredState? ReadState(byte[] json) => TryRead(() => JsonSerializer.Deserialize(json, Default.StoredState));

    private static T? TryRead<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
