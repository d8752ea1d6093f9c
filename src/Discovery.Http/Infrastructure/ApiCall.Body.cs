namespace Discovery.Infrastructure;

/// <summary>The request's body.</summary>
internal sealed partial class ApiCall
{
    /// <summary>Reads a JSON body into an object; 400 in the words of Go's decoder for what cannot be read.</summary>
    public async ValueTask<T> ReadJsonAsync<T>(GoShape<T> shape)
        where T : class, new()
    {
        var target = new T();
        if (GoJson.Decode(await ReadBodyAsync(), shape, target) is { } error)
        {
            throw ApiException.BadRequest(GoJson.ErrorPrefix + GoJson.WithEnterpriseHint(error));
        }

        return target;
    }
}
