using System.Text.Json.Serialization.Metadata;
using Discovery.State.Codecs;

namespace Discovery;

/// <summary>Ready-made codecs for the rows, commands and results of a state module.</summary>
public static class StateCodecs
{
    /// <summary>Text as UTF-8. Text that is not well-formed UTF-16 cannot be written.</summary>
    public static IStateCodec<string> Text { get; } = new TextCodec();

    /// <summary>A number in eight bytes, most significant first.</summary>
    public static IStateCodec<long> Int64 { get; } = new Int64Codec();

    /// <summary>One byte, 0 or 1.</summary>
    public static IStateCodec<bool> Boolean { get; } = new BooleanCodec();

    /// <summary>No bytes at all: for commands without a result.</summary>
    public static IStateCodec<StateEmpty> Empty { get; } = new EmptyCodec();

    /// <summary>JSON without white space, properties in the order in which the type declares them.</summary>
    /// <remarks>
    /// <para>
    /// Rows live in the log and in snapshots for years: properties may be added to <typeparamref name="T"/>, and never be renamed nor
    /// change their type. Equal values must give equal bytes, so hold lists and sorted maps, and no <see cref="Dictionary{TKey, TValue}"/>
    /// or <see cref="HashSet{T}"/>, whose order differs from server to server.
    /// </para>
    /// <para>Null is no value: writing it throws, and the bytes <c>null</c> are malformed.</para>
    /// </remarks>
    /// <typeparam name="T">What is encoded, usually a record.</typeparam>
    /// <param name="typeInfo">
    /// From a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that names <typeparamref name="T"/>:
    /// <c>StateCodecs.Json(AppJson.Default.Flag)</c>.
    /// </param>
    /// <returns>The codec.</returns>
    public static IStateCodec<T> Json<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return new JsonCodec<T>(typeInfo);
    }
}
