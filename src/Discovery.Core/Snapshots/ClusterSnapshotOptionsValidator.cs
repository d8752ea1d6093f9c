using Microsoft.Extensions.Options;

namespace Discovery.Snapshots;

internal sealed class ClusterSnapshotOptionsValidator : IValidateOptions<ClusterSnapshotOptions>
{
    private const long LeastBytes = 64 * 1024;
    private const int MostConcurrent = 1024;
    private const int MostRatio = 1_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, ClusterSnapshotOptions options)
    {
        var failures = new List<string>();
        Check(options.ArchiveBytesMax, LeastBytes, TarHeader.LengthMax, nameof(options.ArchiveBytesMax));
        Check(options.ContentBytesMax, LeastBytes, long.MaxValue, nameof(options.ContentBytesMax));
        Check(options.RatioMax, 1, MostRatio, nameof(options.RatioMax));
        Check(options.ConcurrentMax, 1, MostConcurrent, nameof(options.ConcurrentMax));
        if (options.StallTimeout <= TimeSpan.Zero || options.StallTimeout > s_longest)
        {
            failures.Add(
                $"ClusterSnapshotOptions.StallTimeout: must be greater than zero and at most {s_longest}, is {options.StallTimeout}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(long value, long least, long most, string field)
        {
            if (value < least || value > most)
            {
                failures.Add($"ClusterSnapshotOptions.{field}: must be between {least} and {most}, is {value}");
            }
        }
    }
}
