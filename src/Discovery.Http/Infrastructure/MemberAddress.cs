namespace Discovery.Infrastructure;

/// <summary>Where servers are called, as Go writes an address and a port.</summary>
internal static class MemberAddress
{
    public static string Of(Member server)
    {
        string host = server.Address.Contains(':', StringComparison.Ordinal) ? $"[{server.Address}]" : server.Address;
        return $"{host}:{server.Tags.GetValueOrDefault("port")}";
    }

    /// <summary>The address of the leader; empty when nobody leads.</summary>
    public static string OfLeader(IReadOnlyList<Member> members, string? leader)
    {
        Member? member = members.FirstOrDefault(one => string.Equals(one.Name, leader, StringComparison.OrdinalIgnoreCase));
        return member is null ? "" : Of(member);
    }
}
