using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>A snapshot that is on the disk.</summary>
/// <param name="Meta">What it stands for.</param>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">The length of the file.</param>
internal sealed record SnapshotFile(SnapshotMeta Meta, string Path, long Bytes);
