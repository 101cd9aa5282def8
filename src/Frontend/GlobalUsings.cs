global using System.Collections.Immutable;
global using Microsoft.AspNetCore.Http.HttpResults;
global using Trove.Contracts;
global using Trove.Frontend.Hosting;
global using Orleans;
