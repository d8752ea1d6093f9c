using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Catalog;
using Discovery.Wire;

namespace Discovery.Membership;

/// <summary>
/// The rules as a MessagePack array: cleanup, threshold in ticks, trailing logs, least quorum, stabilization in ticks, zone tag,
/// migration off, version tag, create index, modify index.
/// </summary>
internal sealed class AutopilotConfigurationCodec : IStateCodec<AutopilotConfiguration>
{
    public static readonly AutopilotConfigurationCodec Instance = new();
    private const int Fields = 10;

    public void Write(AutopilotConfiguration value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out AutopilotConfiguration value)
    {
        var reader = new MessagePackReader(input);
        return TryRead(ref reader, out value) && reader.End;
    }

    public static void Write(ref MessagePackWriter writer, AutopilotConfiguration value)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(value.CleanupDeadServers);
        writer.Write(value.LastContactThreshold.Ticks);
        writer.Write(value.MaxTrailingLogs);
        writer.Write((ulong)value.MinQuorum);
        writer.Write(value.ServerStabilizationTime.Ticks);
        writer.Write(value.RedundancyZoneTag);
        writer.Write(value.DisableUpgradeMigration);
        writer.Write(value.UpgradeVersionTag);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
    }

    public static bool TryRead(ref MessagePackReader reader, [MaybeNullWhen(false)] out AutopilotConfiguration value)
    {
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !reader.TryReadBoolean(out bool cleans)
            || !reader.TryReadInt64(out long threshold)
            || !reader.TryReadUInt64(out ulong trailing)
            || !reader.TryReadUInt64(out ulong quorum)
            || quorum > uint.MaxValue
            || !reader.TryReadInt64(out long stabilization)
            || !CodecFields.TryReadText(ref reader, out string zone)
            || !reader.TryReadBoolean(out bool migrates)
            || !CodecFields.TryReadText(ref reader, out string version)
            || !reader.TryReadUInt64(out ulong created)
            || !reader.TryReadUInt64(out ulong modified)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        value = new AutopilotConfiguration
        {
            CleanupDeadServers = cleans,
            LastContactThreshold = new TimeSpan(threshold),
            MaxTrailingLogs = trailing,
            MinQuorum = (uint)quorum,
            ServerStabilizationTime = new TimeSpan(stabilization),
            RedundancyZoneTag = zone,
            DisableUpgradeMigration = migrates,
            UpgradeVersionTag = version,
            CreateIndex = created,
            ModifyIndex = modified,
        };
        return true;
    }
}
