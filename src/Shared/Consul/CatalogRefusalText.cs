namespace Discovery.Consul;

/// <summary>What Consul says to a registration that its catalog does not take. Pure.</summary>
internal static class CatalogRefusalText
{
    public static string Of(CatalogRefusedException refused, CatalogRegisterBody body) => refused.Reason switch
    {
        CatalogRefusal.NodeMissing => "Must provide node",
        CatalogRefusal.AddressMissing => "Must provide address if SkipNodeUpdate is not set",
        CatalogRefusal.ServiceEmpty => "failed inserting service: failed inserting service: object missing primary index",
        CatalogRefusal.ServiceNameMissing => "Must provide service name with ID",
        CatalogRefusal.ServiceAddressInvalid => "Invalid service address",
        CatalogRefusal.ServiceMetaTooMany => Meta(body, "Node metadata cannot contain more than 64 key/value pairs"),
        CatalogRefusal.ServiceMetaKeyBlank => Pair(refused, body, "Key cannot be blank"),
        CatalogRefusal.ServiceMetaKeyInvalid => Pair(refused, body, "Key contains invalid characters"),
        CatalogRefusal.ServiceMetaKeyTooLong => Pair(refused, body, "Key is too long (limit: 128 characters)"),
        CatalogRefusal.ServiceMetaKeyReserved => Pair(refused, body, "Key prefix 'consul-' is reserved for internal use"),
        CatalogRefusal.ServiceMetaValueTooLong => Pair(refused, body, "Value is too long (limit: 512 characters)"),
        CatalogRefusal.CheckNodeMismatch => $"check node \"{refused.Subject}\" does not match node \"{body.Node}\"",
        CatalogRefusal.CheckNameMissing =>
            $"failed inserting check: failed inserting check: object missing primary index on node \"{body.Node}\"",
        CatalogRefusal.ServiceNotOnNode => $"failed inserting check: Missing service registration on node \"{body.Node}\"",
        CatalogRefusal.NodeNameReserved =>
            $"failed inserting node: Error while renaming Node ID: \"{body.Id}\": Node name {body.Node} is reserved by node "
            + $"{refused.Subject} with name {body.Node}",
        _ => refused.Message,
    };

    private static string Pair(CatalogRefusedException refused, CatalogRegisterBody body, string reason)
    {
        string value = body.Service?.Meta?.GetValueOrDefault(refused.Subject) ?? "";
        return Meta(body, $"Couldn't load metadata pair ('{refused.Subject}', '{value}'): {reason}");
    }

    private static string Meta(CatalogRegisterBody body, string reason)
    {
        string id = body.Service is { Id.Length: > 0 } service ? service.Id : body.Service?.Service ?? "";
        return $"failed inserting service: Invalid Service Meta for node {body.Node} and serviceID {id}: {reason}";
    }
}
