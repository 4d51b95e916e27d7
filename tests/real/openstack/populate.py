"""What the services need in Keystone, and a public and a private network as the demo has them.

usage: populate.py identity|networks   (ports and the password come in the environment)
"""
import os
import sys

import openstack

HOST = 'http://127.0.0.1:'
ROLES = ('load-balancer_member', 'load-balancer_observer', 'load-balancer_global_observer', 'load-balancer_quota_admin',
         'load-balancer_admin', 'service', 'creator')


def connect(name):
    return openstack.connect(auth_url=f'{HOST}{os.environ["keystone"]}/v3', username=name, project_name=name,
                             password=os.environ['password'], user_domain_name='Default',
                             project_domain_name='Default', region_name='RegionOne')


def named(things, name, make):
    return next((thing for thing in things if thing.name == name), None) or make()


def identity():
    api = connect('admin').identity
    roles = {name: named(api.roles(), name, lambda: api.create_role(name=name)) for name in (*ROLES, 'admin', 'member')}
    projects = {name: named(api.projects(), name, lambda: api.create_project(name=name, domain_id='default'))
                for name in ('service', 'demo', 'admin')}

    def user(name, project, *granted):
        user = named(api.users(), name, lambda: api.create_user(
            name=name, password=os.environ['password'], domain_id='default', default_project_id=projects[project].id))
        for role in granted:
            api.assign_project_role_to_user(projects[project], user, roles[role])

    user('neutron', 'service', 'admin', 'service')
    user('octavia', 'service', 'admin', 'service')
    user('demo', 'demo', 'member', 'load-balancer_member')
    user('admin', 'admin', 'load-balancer_admin')
    known = {(endpoint.service_id, endpoint.interface) for endpoint in api.endpoints()}
    for kind, name in (('network', 'neutron'), ('load-balancer', 'octavia')):
        service = named(api.services(), name, lambda: api.create_service(type=kind, name=name))
        for interface in ('public', 'internal', 'admin'):
            if (service.id, interface) not in known:
                api.create_endpoint(service_id=service.id, interface=interface, region_id='RegionOne',
                                    url=HOST + os.environ[name])


def networks():
    admin, demo = connect('admin').network, connect('demo').network
    public = admin.find_network('public') or admin.create_network(
        name='public', is_router_external=True, provider_network_type='flat', provider_physical_network='public')
    if not admin.find_subnet('public-subnet'):
        admin.create_subnet(name='public-subnet', network_id=public.id, ip_version=4, cidr='172.24.4.0/24',
                            gateway_ip='172.24.4.1', is_dhcp_enabled=False,
                            allocation_pools=[{'start': '172.24.4.10', 'end': '172.24.4.250'}])
    private = demo.find_network('private') or demo.create_network(name='private')
    subnet = demo.find_subnet('private-subnet') or demo.create_subnet(
        name='private-subnet', network_id=private.id, ip_version=4, cidr='10.0.0.0/24')
    if not demo.find_router('router1'):
        router = demo.create_router(name='router1', external_gateway_info={'network_id': public.id})
        demo.add_interface_to_router(router, subnet_id=subnet.id)


{'identity': identity, 'networks': networks}[sys.argv[1]]()
