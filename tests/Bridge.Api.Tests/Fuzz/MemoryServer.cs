using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bridge.Api.Tests.Fuzz;

/// <summary>The whole service without a network: a request is a few objects, and the answer is there when it returns.</summary>
internal sealed class MemoryServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public MemoryServer() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature());

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task<(int Status, string? ContentType, byte[] Body)> AskAsync(HttpRequestFeature request, IHttpUpgradeFeature? upgrade = null)
    {
        using var body = new MemoryStream();
        var response = new HttpResponseFeature();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set(upgrade);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        await _process!(features);
        return (response.StatusCode, response.Headers.ContentType, body.ToArray());
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = async features =>
        {
            var context = application.CreateContext(features);
            Exception? fault = null;
            try
            {
                await application.ProcessRequestAsync(context);
            }
            catch (Exception e)
            {
                fault = e;
                throw;
            }
            finally
            {
                application.DisposeContext(context, fault);
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }
}
