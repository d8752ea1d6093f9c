using System.Globalization;

namespace Discovery.Infrastructure;

/// <summary>What Consul says to a value or a transaction that is too large. Pure.</summary>
/// <remarks>
/// Vault knows a value that is too large by <c>Value exceeds</c>, and a transaction by <c>is too large</c>: texts of other versions of
/// Consul, which stand behind that of this one.
/// </remarks>
internal static class BodyLimits
{
    private const string Options = "https://www.consul.io/docs/agent/options.html#";

    public static string Value(long length, bool isTold, int most) => string.Create(
        CultureInfo.InvariantCulture, $"{Body(length, isTold, most, "kv_max_value_size")} Value exceeds {most} byte limit");

    public static string Transaction(long length, bool isTold, int most) =>
        $"{Body(length, isTold, most, "txn_max_req_len")} The transaction is too large";

    public static string ValueInTransaction(string key, int length, int most) => string.Create(
        CultureInfo.InvariantCulture, $"Value for key {Wire.GoQuote.Quote(key)} is too large ({length} > {most} bytes)");

    private static string Body(long length, bool isTold, int most, string option) => string.Create(
        CultureInfo.InvariantCulture,
        $"Request body{(isTold ? $"({length} bytes)" : "")} too large, max size: {most} bytes. See {Options}{option}.");
}
